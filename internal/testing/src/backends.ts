import type { Backend } from '@equipoise/spec';
import { beforeAll, describe } from 'vitest';
import { hasGpuDriver } from './vulkan.js';

const wanted = process.env['EQUIPOISE_TEST_BACKENDS']?.split(',');
/** Those that come with npm, and those that are set up on this machine (`equipoise backend install node`). */
const names = wanted ?? ['cpu', 'wasm', ...(await installed(['node', 'node-gpu']))];

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

/** Those of these backends that can be used here. */
async function installed(candidates: readonly string[]): Promise<string[]> {
  const probed = candidates.map(async (name) =>
    (await (await createBackend(name)).doProbe()).available ? [name] : [],
  );
  return (await Promise.all(probed)).flat().slice(0, 1);
}

async function createBackend(name: string): Promise<Backend> {
  if (name === 'cpu') return (await import('@equipoise/backend-cpu')).cpu();
  if (name === 'wasm') return (await import('@equipoise/backend-wasm')).wasm();
  if (name === 'webgpu') return (await import('@equipoise/backend-webgpu')).webgpu();
  if (name === 'node') return (await import('@equipoise/backend-node')).node();
  if (name === 'node-gpu') return (await import('@equipoise/backend-node')).nodeGpu();
  throw new Error(`No test backend "${name}".`);
}
