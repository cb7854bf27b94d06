import { adam, createRng, disposeAll, takeStep } from '@equipoise/kit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { node } from '../src/index.js';
import { status } from './agreement.js';

/** Both sizes are done by other loops: the second does not fit into the caches. */
const sizes = [37, 1 << 18];

describe.skipIf(!status.available)('steps of Adam on node', () => {
  beforeAll(async () => {
    await node().doActivate();
  });

  const numbers = (name: string, size: number) => tf.tensor1d(createRng(name).normals(size));

  test.each(sizes)('in place are those into new memory, of %i weights', (size) => {
    const optimizer = adam({ learningRate: 0.1 });
    const weight = tf.variable(numbers('weight', size));
    const gradient = numbers('gradient', size);
    let weights: tf.Tensor[] = [tf.clone(weight)];
    let state = optimizer.init(weights);
    let inPlace = optimizer.init([weight]);
    for (let step = 0; step < 3; step++) {
      const next = optimizer.advance!([gradient], state, weights);
      disposeAll([weights, state]);
      ({ params: weights, state } = next);
      inPlace = takeStep(optimizer, [gradient], inPlace, [weight]);
    }
    expect(weight.dataSync()).toEqual(weights[0]!.dataSync());
    disposeAll([weight, gradient, weights, state, inPlace]);
  });

  test.each(sizes)('leave what others hold of the weights, of %i weights', (size) => {
    const optimizer = adam({ learningRate: 0.1 });
    const weight = tf.variable(numbers('weight', size));
    const gradient = numbers('gradient', size);
    let state = optimizer.init([weight]);
    state = takeStep(optimizer, [gradient], state, [weight]);
    const before = weight.dataSync().slice();
    const copy = tf.clone(weight);
    // TensorFlow gives it another tensor of the same memory.
    const column = tf.reshape(weight, [size, 1]);
    state = takeStep(optimizer, [gradient], state, [weight]);
    expect(copy.dataSync()).toEqual(before);
    copy.dispose();
    state = takeStep(optimizer, [gradient], state, [weight]);
    expect(column.dataSync()).toEqual(before);
    expect(weight.dataSync()).not.toEqual(before);
    disposeAll([weight, gradient, column, state]);
  });

  test('lose no tensors', () => {
    const { binding } = tf.backend() as unknown as { binding: { getNumOfTensors(): number } };
    const optimizer = adam();
    const weight = tf.variable(numbers('weight', 5));
    const gradient = numbers('gradient', 5);
    let state = takeStep(optimizer, [gradient], optimizer.init([weight]), [weight]);
    const before = [tf.memory().numTensors, binding.getNumOfTensors()];
    for (let step = 0; step < 4; step++) state = takeStep(optimizer, [gradient], state, [weight]);
    expect([tf.memory().numTensors, binding.getNumOfTensors()]).toEqual(before);
    disposeAll([weight, gradient, state]);
  });
});
