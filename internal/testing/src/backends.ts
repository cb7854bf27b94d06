import type { Backend } from '@equipoise/spec';
import { beforeAll, describe } from 'vitest';

const names = (process.env['EQUIPOISE_TEST_BACKENDS'] ?? 'cpu,wasm').split(',');

/** Makes a backend active, with gradients. */
export async function activateBackend(name: string): Promise<void> {
  await (await createBackend(name)).doActivate();
}

/** Registers the same tests once for every backend that this machine has; `EQUIPOISE_TEST_BACKENDS` narrows the list. */
export function onEachBackend(body: (backend: string) => void): void {
  for (const name of names) {
    describe(`on ${name}`, () => {
      beforeAll(() => activateBackend(name));
      body(name);
    });
  }
}

async function createBackend(name: string): Promise<Backend> {
  if (name === 'cpu') return (await import('@equipoise/backend-cpu')).cpu();
  if (name === 'wasm') return (await import('@equipoise/backend-wasm')).wasm();
  throw new Error(`No test backend "${name}".`);
}
