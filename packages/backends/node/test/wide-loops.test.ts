import { cpu } from '@equipoise/backend-cpu';
import { type ImageShape } from '@equipoise/internal-testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { node } from '../src/index.js';
import { expectAgreement, status } from './agreement.js';

/** A convolution whose filters, or whose channels, fill vectors of sixteen. */
interface Convolution {
  readonly x: ImageShape;
  /** Height, width and number of filters. */
  readonly filter: readonly [number, number, number];
  readonly strides?: number | [number, number];
  readonly pad?: 'same' | 'valid' | number;
}

const convolutions: readonly Convolution[] = [
  { x: [2, 7, 6, 16], filter: [3, 3, 32] },
  { x: [1, 5, 5, 32], filter: [5, 5, 80] },
  { x: [2, 6, 7, 3], filter: [3, 2, 48], pad: 'valid' },
  { x: [1, 8, 9, 1], filter: [5, 5, 16], strides: 2 },
  { x: [1, 8, 9, 5], filter: [2, 4, 16], strides: [1, 3] },
  { x: [1, 6, 6, 16], filter: [3, 3, 16], pad: 2 },
  { x: [1, 4, 4, 16], filter: [1, 1, 64] },
  // More images than threads take at a time, and weights that are cut: 1152 rows of them.
  { x: [11, 3, 3, 16], filter: [3, 3, 16] },
  { x: [1, 4, 4, 128], filter: [3, 3, 16] },
  // Too many weights for few places: another kernel is taken.
  { x: [1, 2, 2, 256], filter: [3, 3, 128] },
];

const products = [
  { m: 4, k: 1, n: 16 },
  { m: 13, k: 300, n: 33 },
  { m: 200, k: 260, n: 70 },
  { m: 5, k: 7, n: 600 },
  { m: 5, k: 0, n: 16 },
  // Few rows of the first factor.
  { m: 1, k: 700, n: 32 },
  { m: 3, k: 19, n: 144 },
  { m: 2, k: 19, n: 10 },
  // The result does not fit into the caches.
  { m: 1030, k: 5, n: 1024 },
];

describe.skipIf(!status.available)('loops for vectors of 512 bits agree with cpu', () => {
  beforeAll(async () => {
    await cpu().doActivate();
    await node().doActivate();
  });

  test.each(convolutions)('convolution of $x with $filter filters', ({ x, filter, strides = 1, pad = 'same' }) => {
    const [height, width, filters] = filter;
    const filterShape: ImageShape = [height, width, x[3], filters];
    const dy = tf.backend_util.computeConv2DInfo(x, filterShape, strides, 1, pad).outShape;
    const attributes = { strides, pad, dilations: 1, dataFormat: 'NHWC', inputShape: x, filterShape };
    expectAgreement({ kernelName: 'Conv2D', inputs: { x, filter: filterShape }, attributes });
    expectAgreement({ kernelName: 'Conv2DBackpropInput', inputs: { dy, filter: filterShape }, attributes });
    expectAgreement({ kernelName: 'Conv2DBackpropFilter', inputs: { x, dy }, attributes });
  });

  test('a convolution whose windows all lie beside the image', () => {
    const [x, filterShape]: ImageShape[] = [
      [1, 4, 1, 16],
      [2, 2, 16, 16],
    ];
    const attributes = { strides: [1, 6], pad: 3, dilations: 1, dataFormat: 'NHWC', filterShape };
    const dy = tf.backend_util.computeConv2DInfo(x!, filterShape!, [1, 6], 1, 3).outShape;
    expectAgreement({ kernelName: 'Conv2D', inputs: { x: x!, filter: filterShape! }, attributes });
    expectAgreement({ kernelName: 'Conv2DBackpropFilter', inputs: { x: x!, dy }, attributes });
  });

  test.each(products)('product [$m, $k] [$k, $n], either transposed', ({ m, k, n }) => {
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        const inputs = { a: transposeA ? [k, m] : [m, k], b: transposeB ? [n, k] : [k, n] };
        expectAgreement({ kernelName: 'BatchMatMul', inputs, attributes: { transposeA, transposeB } });
      }
    }
  });

  test.each([
    { a: [3, 5, 7], b: [3, 7, 16] },
    { a: [3, 5, 7], b: [7, 16] },
    { a: [5, 7], b: [2, 3, 7, 16] },
    { a: [1, 5, 7], b: [3, 7, 16] },
    { a: [2, 1, 5, 7], b: [1, 3, 7, 16] },
  ])('product of batches $a $b', (inputs) => {
    expectAgreement({
      kernelName: 'BatchMatMul',
      inputs,
      attributes: { transposeA: false, transposeB: false },
    });
  });

  test('windows that lie in the padding alone have the lowest maximum, and no gradient', async () => {
    await tf.setBackend('tensorflow');
    const pad: [[number, number], [number, number], [number, number], [number, number]] = [
      [0, 0],
      [3, 2],
      [3, 2],
      [0, 0],
    ];
    const dx = tf.tidy(() => {
      const x = tf.tensor4d([5], [1, 1, 1, 1]);
      const pooled = tf.maxPool(x, 2, 1, pad as never);
      const finite = [...pooled.dataSync()].filter((value) => value > -3e38);
      expect(pooled.shape).toEqual([1, 5, 5, 1]);
      expect(finite).toEqual([5, 5, 5, 5]);
      const gradient = tf.grad((at) => tf.maxPool(at as tf.Tensor4D, 2, 1, pad as never));
      return [...gradient(x, tf.onesLike(pooled)).dataSync()];
    });
    expect(dx).toEqual([4]);
  });
});
