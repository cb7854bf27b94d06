import { adam } from '@equipoise/kit';
import * as tf from '@tensorflow/tfjs-core';
import { cpu } from '@equipoise/backend-cpu';
import { beforeAll, expect, test } from 'vitest';
import { wasm } from '../src/index.js';

beforeAll(async () => {
  await cpu().doActivate();
  await wasm().doActivate();
});

/** The weights after three steps of Adam on the gradient 2w + 1. */
function descend(backend: string): number[] {
  tf.setBackend(backend);
  return tf.tidy(() => {
    const optimizer = adam({ learningRate: 0.1 });
    let weights = tf.linspace(-1, 1, 7) as tf.Tensor;
    let state = optimizer.init([weights]);
    for (let step = 0; step < 3; step++) {
      const result = optimizer.update([tf.add(tf.mul(weights, 2), 1)], state, [weights]);
      weights = tf.add(weights, result.updates[0] as tf.Tensor);
      state = result.state;
    }
    return [...weights.dataSync()];
  });
}

test('the kernel for Adam does the arithmetic of the optimizer', () => {
  const expected = descend('cpu');
  // The cpu backend computes in float64 and rounds after each operation: a few units in the last place.
  descend('wasm').forEach((weight, index) => expect(weight).toBeCloseTo(expected[index] as number, 6));
});
