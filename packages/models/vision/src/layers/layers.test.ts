import { createRng, inference, training } from '@equipoise/kit';
import { expectClose, onEachBackend } from '@equipoise/internal-testing';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { normalInputs, uniformInputs } from '../../test/helpers.js';
import { activation, activations, type Activation } from './activation.js';
import { convolution } from './convolution.js';
import { dense } from './dense.js';
import { dropout } from './dropout.js';
import { flatten } from './flatten.js';
import { globalAverage } from './global-average.js';
import { pooling } from './pooling.js';
import { standardize } from './standardize.js';
import type { Padding } from './window.js';

const rng = createRng(0);
const size = fc.oneof(
  fc.integer({ min: 1, max: 4 }),
  fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
);

/** erf by its Maclaurin series, enough for |x| <= 2. */
function erf(x: number): number {
  let term = x;
  let sum = x;
  for (let k = 1; k < 40; k++) {
    term *= (-x * x) / k;
    sum += term / (2 * k + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

const formulas: Readonly<Record<Activation, (x: number) => number>> = {
  relu: (x) => Math.max(x, 0),
  'leaky-relu': (x) => Math.max(x, 0.01 * x),
  elu: (x) => (x > 0 ? x : Math.expm1(x)),
  selu: (x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x)),
  softplus: (x) => Math.log1p(Math.exp(x)),
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  swish: (x) => x / (1 + Math.exp(-x)),
  gelu: (x) => (x / 2) * (1 + erf(x / Math.SQRT2)),
  'fake-relu': (x) => Math.max(x, 0),
  linear: (x) => x,
};

onEachBackend(() => {
  test('a dense layer is a product with the kernel plus the bias', () => {
    const layer = dense({ name: 'dense', units: 2 })([3], rng);
    layer.variables.get('kernel')?.assign(tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]));
    layer.variables.get('bias')?.assign(tf.tensor1d([10, 20]));
    expectClose(layer.apply(tf.tensor2d([[1, 0, 2]]), inference), [1 + 10 + 10, 2 + 12 + 20]);
    expect(layer.outputShape).toEqual([2]);
  });

  test('a dense layer can go without a bias', () => {
    const layer = dense({ name: 'dense', units: 2, bias: false })([3], rng);
    expect([...layer.variables.keys()]).toEqual(['kernel']);
    expectClose(layer.apply(tf.zeros([1, 3]), inference), [0, 0]);
  });

  test('a convolution with padding 1 sums what is under its window, zeros around the image', () => {
    const layer = convolution({ name: 'conv', channels: 1, kernel: 3, padding: 1 })([2, 2, 1], rng);
    layer.variables.get('kernel')?.assign(tf.ones([3, 3, 1, 1]));
    layer.variables.get('bias')?.assign(tf.tensor1d([0.5]));
    expectClose(layer.apply(tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]), inference), [10.5, 10.5, 10.5, 10.5]);
  });

  test('a convolution with stride 2 ignores what is left over at the end, as PyTorch does', () => {
    const layer = convolution({ name: 'conv', channels: 1, kernel: 2, stride: 2, padding: 'valid' })([3, 3, 1], rng);
    layer.variables.get('kernel')?.assign(tf.ones([2, 2, 1, 1]));
    layer.variables.get('bias')?.assign(tf.zeros([1]));
    const y = layer.apply(tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]), inference);
    expectClose(y, [12]);
  });

  test('the output of a convolution has the shape that was announced, for every kernel, stride and padding', () => {
    const padding = fc.oneof(fc.constant<Padding>('same'), fc.constant<Padding>('valid'), size);
    fc.assert(
      fc.property(
        fc.integer({ min: 4, max: 9 }),
        fc.integer({ min: 4, max: 9 }),
        size,
        size,
        padding,
        (h, w, kernel, stride, pad) => {
          tf.tidy(() => {
            const layer = convolution({ name: 'conv', channels: 2, kernel, stride, padding: pad })([h, w, 3], rng);
            expect(layer.apply(tf.ones([2, h, w, 3]), inference).shape).toEqual([2, ...layer.outputShape]);
            for (const variable of layer.variables.values()) variable.dispose();
          });
        },
      ),
      { seed: 1, numRuns: 40 },
    );
  });

  test('the output of a pooling has the shape that was announced', () => {
    const options = fc.record({
      type: fc.constantFrom('max' as const, 'average' as const),
      size,
      stride: size,
      padding: fc.constantFrom('same' as const, 'valid' as const),
    });
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 9 }), fc.integer({ min: 4, max: 9 }), options, (h, w, given) => {
        tf.tidy(() => {
          const layer = pooling({ name: 'pool', ...given })([h, w, 3], rng);
          expect(layer.apply(tf.ones([2, h, w, 3]), inference).shape).toEqual([2, ...layer.outputShape]);
        });
      }),
      { seed: 1, numRuns: 40 },
    );
  });

  test('pooling takes the largest or the mean value of each window', () => {
    const x = tf.tensor4d([1, 2, 5, 6, 3, 4, 7, 0], [1, 2, 4, 1]);
    expectClose(pooling({ name: 'pool', type: 'max' })([2, 4, 1], rng).apply(x, inference), [4, 7]);
    expectClose(pooling({ name: 'pool', type: 'average' })([2, 4, 1], rng).apply(x, inference), [2.5, 4.5]);
  });

  test('average pooling counts real values only where a window reaches over the border', () => {
    const layer = pooling({ name: 'pool', type: 'average', padding: 'same' })([3, 3, 1], rng);
    expectClose(layer.apply(tf.ones([1, 3, 3, 1]), inference), [1, 1, 1, 1]);
  });

  test('the global average is the mean over height and width', () => {
    const x = tf.tensor4d([1, 10, 2, 20, 3, 30, 6, 60], [1, 2, 2, 2]);
    const layer = globalAverage({ name: 'reduce' })([2, 2, 2], rng);
    expectClose(layer.apply(x, inference), [3, 30]);
    expect(layer.outputShape).toEqual([2]);
  });

  test('flattening keeps the order of height, width, channel, and takes an empty batch', () => {
    const layer = flatten({ name: 'flatten' })([1, 2, 2], rng);
    const y = layer.apply(tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8], [2, 1, 2, 2]), inference);
    expect(y.arraySync()).toEqual([
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ]);
    expect(layer.apply(tf.zeros([0, 1, 2, 2]), inference).shape).toEqual([0, 4]);
  });

  test.each(activations)('%s is its formula', (type) => {
    const values = [-2, -1.3, -0.5, 0, 0.2, 1, 2];
    const layer = activation({ name: 'activation', type })([values.length], rng);
    // The erf kernel of TensorFlow.js is a polynomial with error 1.5e-7; the others are float32 functions of the platform.
    expectClose(layer.apply(tf.tensor2d([values]), inference), values.map(formulas[type]), { rtol: 2e-6, atol: 1e-6 });
  });

  test('standardising subtracts the mean of each channel and divides by its deviation', () => {
    const layer = standardize({ name: 'standardize', mean: [0.5, 0.25], std: [0.5, 0.1] })([1, 1, 2], rng);
    expectClose(layer.apply(tf.tensor4d([1, 0.5], [1, 1, 1, 2]), inference), [1, 2.5]);
  });

  test('standardising refuses a number of means that is not the number of channels', () => {
    expect(() => standardize({ name: 'standardize', mean: [0.5, 0.25], std: 1 })([2, 2, 3], rng)).toThrow(
      /mean: has 2 numbers, expected one number or 3/,
    );
  });

  test('dropout changes nothing in inference mode and gives a tensor of its own', () => {
    const x = uniformInputs([2, 5]);
    const y = dropout({ name: 'drop', rate: 0.5 })([5], rng).apply(x, inference);
    expectClose(y, x, { rtol: 0, atol: 0 });
    expect(y).not.toBe(x);
  });

  test('dropout zeroes the given share in training mode and keeps the expected value', () => {
    const y = dropout({ name: 'drop', rate: 0.25 })([10_000], rng).apply(tf.ones([1, 10_000]), training(createRng(3)));
    const values = Array.from(y.dataSync());
    const dropped = values.filter((value) => value === 0).length / values.length;
    // Standard deviation of the share: sqrt(.25·.75/10,000) = .0043; five of them.
    expect(Math.abs(dropped - 0.25)).toBeLessThan(0.022);
    expectClose(values.filter((value) => value !== 0).slice(0, 5), [4 / 3, 4 / 3, 4 / 3, 4 / 3, 4 / 3]);
  });

  test('dropout is a function of the stream and of the name of the layer', () => {
    const masks = [
      ['a', 1],
      ['a', 1],
      ['b', 1],
      ['a', 2],
    ].map(([name, seed]) =>
      dropout({ name: String(name), rate: 0.5 })([64], rng)
        .apply(tf.ones([1, 64]), training(createRng(seed as number)))
        .arraySync(),
    );
    expect(masks[1]).toEqual(masks[0]);
    expect(masks[2]).not.toEqual(masks[0]);
    expect(masks[3]).not.toEqual(masks[0]);
  });

  test('dropout without a stream in training mode is refused', () => {
    const layer = dropout({ name: 'drop', rate: 0.5 })([5], rng);
    expect(() => layer.apply(normalInputs([1, 5]), { training: true })).toThrow(/layer "drop" needs a random stream/);
  });

  test('layers refuse inputs of the wrong rank', () => {
    expect(() => dense({ name: 'dense', units: 2 })([2, 2, 1], rng)).toThrow(
      /Input of layer "dense" has shape \[2, 2, 1\]; expected \[\*\]/,
    );
    expect(() => convolution({ name: 'conv', channels: 2, kernel: 3 })([4], rng)).toThrow(
      /Input of layer "conv" has shape \[4\]/,
    );
  });

  test('a window that does not fit is refused', () => {
    const builder = convolution({ name: 'conv', channels: 2, kernel: 5, padding: 'valid' });
    expect(() => builder([4, 9, 1], rng)).toThrow(/window of 5x5 with padding valid does not fit into an input of 4x9/);
  });
});
