import { createRng, inference, training } from '@equipoise/kit';
import { expectClose, onEachBackend } from '@equipoise/internal-testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { centralDifference, directional, directionalOf, normalInputs, numberOf } from '../../test/helpers.js';
import { batchNormalization } from './batch-normalization.js';
import { groupNormalization } from './group-normalization.js';
import { layerNormalization } from './layer-normalization.js';
import type { Layer } from './layer.js';

const rng = createRng(0);
const trainingMode = training(createRng(1));

function valuesOf(layer: Layer, name: string): number[] {
  return Array.from(layer.variables.get(name)?.dataSync() ?? []);
}

onEachBackend(() => {
  test('batch normalisation in training mode uses mean and biased variance of the batch', () => {
    const layer = batchNormalization({ name: 'norm', epsilon: 0.5 })([2], rng);
    const y = layer.apply(
      tf.tensor2d([
        [1, 10],
        [3, 10],
        [5, 40],
      ]),
      trainingMode,
    );
    const first = Math.sqrt(8 / 3 + 0.5);
    const second = Math.sqrt(200 + 0.5);
    expectClose(y, [-2 / first, -10 / second, 0, -10 / second, 2 / first, 20 / second]);
  });

  test('batch normalisation scales and shifts each channel', () => {
    const layer = batchNormalization({ name: 'norm' })([1, 1, 2], rng);
    layer.variables.get('scale')?.assign(tf.tensor1d([2, 3]));
    layer.variables.get('offset')?.assign(tf.tensor1d([10, 20]));
    const y = layer.apply(tf.tensor4d([1, 1, -1, -1], [2, 1, 1, 2]), trainingMode);
    // The variance is 1, so what is left is epsilon/2 = 5e-6 of the scale.
    expectClose(y, [12, 23, 8, 17], { rtol: 2e-6, atol: 0 });
  });

  test.each([
    [true, 4],
    [false, 8 / 3],
  ])('the moving averages take the share momentum of the batch (unbiased: %s)', (unbiased, variance) => {
    const layer = batchNormalization({ name: 'norm', momentum: 0.25, unbiased })([1], rng);
    layer.apply(tf.tensor2d([[1], [3], [5]]), trainingMode);
    expectClose(valuesOf(layer, 'mean'), [0.75]);
    expectClose(valuesOf(layer, 'variance'), [0.75 + 0.25 * variance]);
  });

  test('inference mode uses the moving averages and leaves them as they are', () => {
    const layer = batchNormalization({ name: 'norm', epsilon: 1 })([1], rng);
    layer.variables.get('mean')?.assign(tf.tensor1d([2]));
    layer.variables.get('variance')?.assign(tf.tensor1d([3]));
    expectClose(layer.apply(tf.tensor2d([[6], [0]]), inference), [2, -1]);
    expect([valuesOf(layer, 'mean'), valuesOf(layer, 'variance')]).toEqual([[2], [3]]);
  });

  test('the moving averages are not trained', () => {
    const { variables } = batchNormalization({ name: 'norm' })([3], rng);
    const trainable = [...variables].filter(([, variable]) => variable.trainable).map(([name]) => name);
    expect(trainable).toEqual(['scale', 'offset']);
  });

  test('batch normalisation of a single value gives the offset, and finite averages', () => {
    const layer = batchNormalization({ name: 'norm' })([1], rng);
    expectClose(layer.apply(tf.tensor2d([[7]]), trainingMode), [0]);
    expectClose([...valuesOf(layer, 'mean'), ...valuesOf(layer, 'variance')], [0.7, 0.9]);
  });

  test('group normalisation gives each group of each sample mean 0 and variance 1', () => {
    const layer = groupNormalization({ name: 'norm', groups: 2, epsilon: 1e-12 })([3, 2, 4], rng);
    const y = tf.reshape(layer.apply(normalInputs([2, 3, 2, 4]), inference), [2, 6, 2, 2]);
    const { mean, variance } = tf.moments(y, [1, 3]);
    expectClose(mean, new Array<number>(4).fill(0), { rtol: 0, atol: 1e-6 });
    expectClose(variance, new Array<number>(4).fill(1), { rtol: 1e-5, atol: 0 });
  });

  test('group normalisation of one sample does not depend on the others', () => {
    const layer = groupNormalization({ name: 'norm', groups: 2 })([2, 2, 4], rng);
    const x = normalInputs([3, 2, 2, 4]);
    const alone = layer.apply(tf.slice(x, [1, 0, 0, 0], [1, 2, 2, 4]), trainingMode);
    expectClose(tf.slice(layer.apply(x, trainingMode), [1, 0, 0, 0], [1, 2, 2, 4]), alone);
  });

  test('layer normalisation takes mean and variance over all values of a sample', () => {
    const layer = layerNormalization({ name: 'norm', epsilon: 1e-12 })([1, 2, 2], rng);
    const y = layer.apply(tf.tensor4d([1, 2, 3, 4, 0, 0, 0, 8], [2, 1, 2, 2]), inference);
    const [narrow, wide] = [Math.sqrt(1.25), Math.sqrt(12)];
    expectClose(y, [
      -1.5 / narrow,
      -0.5 / narrow,
      0.5 / narrow,
      1.5 / narrow,
      -2 / wide,
      -2 / wide,
      -2 / wide,
      6 / wide,
    ]);
  });

  test('groups that do not divide the channels are refused', () => {
    expect(() => groupNormalization({ name: 'norm', groups: 3 })([4], rng)).toThrow(
      /layer "norm":\n {2}groups: 3 groups do not divide 4 channels/,
    );
  });

  describe.each([
    ['batch normalisation in training', () => batchNormalization({ name: 'norm' }), trainingMode],
    ['batch normalisation in inference', () => batchNormalization({ name: 'norm' }), inference],
    ['group normalisation', () => groupNormalization({ name: 'norm', groups: 2 }), inference],
  ])('%s', (_, make, mode) => {
    const shape = [4, 2, 2, 4];

    function objective(): (x: tf.Tensor) => tf.Scalar {
      const layer = make()(shape.slice(1), rng);
      layer.variables.get('scale')?.assign(tf.tensor1d([0.5, 1, 1.5, 2]));
      const cotangent = normalInputs(shape, 5);
      return (x) => tf.sum(tf.mul(cotangent, tf.tanh(layer.apply(x, mode)))) as tf.Scalar;
    }

    // Central differences in float32: truncation about h² = 1e-4 of the third derivative, rounding about 1e-6/h = 1e-4.
    test('has right first derivatives', () => {
      const [x, v, f] = [normalInputs(shape, 3), normalInputs(shape, 4), objective()];
      const expected = centralDifference((y) => numberOf(f(y)), x, v, 1e-2);
      expectClose([directional(f, x, v)], [expected], { rtol: 5e-3, atol: 5e-3 });
    });

    test('has right second derivatives', () => {
      const [x, v, w, f] = [normalInputs(shape, 3), normalInputs(shape, 4), normalInputs(shape, 6), objective()];
      const expected = centralDifference((y) => directional(f, y, v), x, w, 1e-2);
      expectClose([directional(directionalOf(f, v), x, w)], [expected], { rtol: 5e-3, atol: 5e-3 });
    });
  });
});
