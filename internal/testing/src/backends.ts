import { enableGradients } from '@equipoise/autodiff';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe } from 'vitest';

const names = (process.env['EQUIPOISE_TEST_BACKENDS'] ?? 'cpu,wasm').split(',');

/** Makes a backend active, with gradients. */
export async function activateBackend(name: string): Promise<void> {
  if (name === 'cpu') await import('@tensorflow/tfjs-backend-cpu');
  else if (name === 'wasm') await import('@tensorflow/tfjs-backend-wasm');
  else throw new Error(`No test backend "${name}".`);
  await tf.setBackend(name);
  await tf.ready();
  enableGradients();
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
