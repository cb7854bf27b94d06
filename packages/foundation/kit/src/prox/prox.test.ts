import { expectClose, onEachBackend } from '@equipoise/internal-testing';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sampleNorm } from '../norms/norms.js';
import { createRng } from '../random/create-rng.js';
import { proxNorm } from './prox-norm.js';
import { proxTotalVariation, totalVariation } from './total-variation.js';

const names = ['linf', 'l2', 'l1', 'l0'] as const;

onEachBackend(() => {
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  test.each(names)('%s: no random point has a lower objective', (norm) => {
    const dimensions = fc.integer({ min: 1, max: 20 });
    const property = fc.property(fc.nat(1e6), dimensions, fc.constantFrom(0.05, 0.7, 2), (seed, width, mu) => {
      tf.tidy(() => {
        const rng = createRng(seed);
        const v = tf.tensor2d(rng.normals(2 * width), [2, width]);
        const objective = (u: tf.Tensor) =>
          tf.add(tf.mul(sampleNorm(u, norm), mu), tf.mul(tf.square(sampleNorm(tf.sub(u, v), 'l2')), 0.5)).dataSync();
        const prox = proxNorm(v, norm, mu);
        const lowest = objective(prox);
        for (const scale of [0, 1e-2, 1]) {
          const other =
            scale === 0
              ? tf.zerosLike(v)
              : tf.add(prox, tf.mul(tf.tensor2d(rng.normals(2 * width), [2, width]), scale));
          objective(other).forEach((value, row) => expect(lowest[row]!).toBeLessThanOrEqual(value + 1e-5));
        }
      });
    });
    fc.assert(property, { numRuns: 15, seed: 2 });
  });

  test.each(names)('%s: a weight of zero changes nothing, each sample has its own, zeros stay zeros', (norm) => {
    const v = tf.tensor2d([3, -4, 0, 0, 3, -4], [3, 2]);
    expectClose(proxNorm(v, norm, 0), v);
    const [first, second, third] = tf.split(proxNorm(v, norm, [0, 1, 1]), 3);
    expectClose(first!, [3, -4]);
    expectClose(second!, [0, 0]);
    expectClose(third!, { linf: [3, -3], l2: [2.4, -3.2], l1: [2, -3], l0: [3, -4] }[norm]);
  });

  test('an unknown norm is refused', () => {
    expect(() => proxNorm(tf.zeros([1, 1]), 'l3' as 'l1', 1)).toThrow(/expected "linf", "l2", "l1" or "l0", got "l3"/);
  });

  test.each([false, true])(
    'total variation (isotropic %s) of a constant image is zero, and its prox is the image',
    (isotropic) => {
      const image = tf.fill([1, 3, 4, 2], 0.7);
      expectClose(totalVariation(image, { isotropic }), [0]);
      expectClose(proxTotalVariation(image, 0.5, { isotropic }), image);
    },
  );

  test.each([false, true])(
    'a heavy total variation (isotropic %s) leaves the mean of each image and channel',
    (isotropic) => {
      const image = tf.tensor(createRng(4).uniforms(2 * 3 * 4 * 2), [2, 3, 4, 2]);
      const mean = tf.add(tf.mean(image, [1, 2], true), tf.zerosLike(image));
      expectClose(proxTotalVariation(image, 10, { isotropic }), mean, { rtol: 1e-4, atol: 1e-4 });
    },
  );

  test('total variation takes images only', () => {
    expect(() => totalVariation(tf.zeros([2, 3]))).toThrow(/images has shape/);
    expect(() => proxTotalVariation(tf.zeros([2, 3]), 1)).toThrow(/images has shape/);
  });

  test('one tensor is made by each', () => {
    const x = tf.ones([2, 3, 3, 1]);
    const before = tf.memory().numTensors;
    for (const norm of names) proxNorm(x, norm, [0.1, 0.2]);
    totalVariation(x);
    proxTotalVariation(x, 0.1, { iterations: 3 });
    expect(tf.memory().numTensors).toBe(before + 6);
  });
});
