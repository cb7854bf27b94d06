import type { Backend } from '@equipoise/spec';
import { beforeAll, describe } from 'vitest';
import { hasGpuDriver } from './vulkan.js';

const names = (process.env['EQUIPOISE_TEST_BACKENDS'] ?? 'cpu,wasm').split(',');

/** Whether `EQUIPOISE_TEST_BACKENDS` asks for the backend `webgpu` and this machine can have it. */
export const testsWebgpu = names.includes('webgpu') && hasGpuDriver();

/** Makes a backend active, with gradients. */
export async function activateBackend(name: string): Promise<void> {
  await (await createBackend(name)).doActivate();
}

/** Registers the same tests once for every backend that this machine has; `EQUIPOISE_TEST_BACKENDS` narrows the list. */
export function onEachBackend(body: (backend: string) => void): void {
  for (const name of names) {
    describe.skipIf(name === 'webgpu' && !hasGpuDriver())(`on ${name}`, () => {
      beforeAll(() => activateBackend(name));
      body(name);
    });
  }
}

async function createBackend(name: string): Promise<Backend> {
  if (name === 'cpu') return (await import('@equipoise/backend-cpu')).cpu();
  if (name === 'wasm') return (await import('@equipoise/backend-wasm')).wasm();
  if (name === 'webgpu') return (await import('@equipoise/backend-webgpu')).webgpu();
  throw new Error(`No test backend "${name}".`);
}
