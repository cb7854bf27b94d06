import {
  crossEntropy,
  fakeRelu,
  grad,
  hvp,
  logSoftmax,
  logSumExp,
  safeNorm,
  safeSqrt,
  softmax,
  stopGradient,
} from '@equipoise/autodiff';
import { expectClose, onEachBackend } from '@equipoise/internal-testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

const labelsOf = (...labels: number[]) => tf.tensor1d(labels, 'int32');

onEachBackend(() => {
  describe('logSumExp', () => {
    test('neither overflows nor underflows', () => {
      expectClose(logSumExp(tf.tensor1d([1000, 1000])), [1000 + Math.log(2)]);
      expectClose(logSumExp(tf.tensor1d([-1000, -1000])), [-1000 + Math.log(2)]);
    });

    test('ignores entries of −∞, in the gradient too', () => {
      const x = tf.tensor2d([[0, -Infinity, 0]]);
      expectClose(logSumExp(x, 1), [Math.log(2)]);
      expectClose(
        grad((t) => logSumExp(t, 1), x),
        [0.5, 0, 0.5],
      );
    });

    test('keeps reduced axes when asked to', () => {
      expect(logSumExp(tf.ones([2, 3, 4]), [0, 2], true).shape).toEqual([1, 3, 1]);
      expect(logSumExp(tf.ones([2, 3, 4]), [0, 2]).shape).toEqual([3]);
    });
  });

  test('softmax is the exponential of logSoftmax', () => {
    const x = tf.tensor2d([[1, -2, 30]]);
    expectClose(tf.exp(logSoftmax(x)), softmax(x));
  });

  describe('crossEntropy', () => {
    test('is log(classes) for equal logits', () => {
      expectClose(crossEntropy(tf.zeros([2, 10]), labelsOf(3, 9)), [Math.log(10), Math.log(10)]);
    });

    test('pushes hard where a sample is confidently wrong', () => {
      const gradient = grad((z) => crossEntropy(z, labelsOf(0)), tf.tensor2d([[0, 200, 0]]));
      expectClose(gradient, [-1, 1, 0]);
    });

    test('has the Hessian diag(p) − p pᵀ', () => {
      const z = tf.tensor2d([[0.5, -1, 2]]);
      const p = softmax(z).dataSync();
      const v = [1, 2, -1];
      const mean = v.reduce((sum, entry, k) => sum + entry * (p[k] as number), 0);
      const expected = v.map((entry, k) => (p[k] as number) * (entry - mean));
      expectClose(
        hvp((t) => crossEntropy(t, labelsOf(1)), z, tf.tensor2d([v])),
        expected,
      );
    });

    test('is NaN for a label that is no class', () => {
      const values = crossEntropy(tf.zeros([3, 4]), labelsOf(4, -1, 0)).dataSync();
      expect([...values].map(Number.isNaN)).toEqual([true, true, false]);
    });

    test('refuses labels of the wrong kind or number and logits of the wrong rank', () => {
      const shape = expect.objectContaining({ code: 'EQUIPOISE_SHAPE' });
      expect(() => crossEntropy(tf.zeros([2, 3]), tf.tensor1d([0, 1]))).toThrow(
        expect.objectContaining({ code: 'EQUIPOISE_DATA' }),
      );
      expect(() => crossEntropy(tf.zeros([2, 3]), labelsOf(0, 1, 2))).toThrow(shape);
      expect(() => crossEntropy(tf.zeros([6]), labelsOf(0))).toThrow(shape);
    });
  });

  describe('safeNorm', () => {
    test('has a zero gradient at a zero row and the unit vector elsewhere', () => {
      const x = tf.tensor2d([
        [0, 0],
        [3, 4],
      ]);
      expectClose(safeNorm(x, 1), [0, 5]);
      expectClose(
        grad((t) => safeNorm(t, 1), x),
        [0, 0, 0.6, 0.8],
      );
    });

    test('keeps tiny and huge vectors', () => {
      const x = tf.tensor2d([
        [3e-30, 4e-30],
        [3e30, 4e30],
      ]);
      expectClose(safeNorm(x, 1, true), tf.tensor2d([[5e-30], [5e30]]), { rtol: 1e-5, atol: 0 });
    });

    test('has the second derivative (v − x (x·v)/|x|²)/|x|, and zero at zero', () => {
      const x = tf.tensor2d([
        [3, 4],
        [0, 0],
      ]);
      const v = tf.tensor2d([
        [1, 0],
        [1, 1],
      ]);
      expectClose(
        hvp((t) => safeNorm(t, 1), x, v),
        [0.128, -0.096, 0, 0],
      );
    });
  });

  test('the gradient of tf.norm at zero is zero', () => {
    expectClose(
      grad((x) => tf.norm(x), tf.zeros([3])),
      [0, 0, 0],
    );
    expectClose(
      grad((x) => tf.sqrt(tf.sum(tf.square(x))), tf.zeros([3])),
      [0, 0, 0],
    );
  });

  test('safeSqrt has derivative zero at zero, at both orders', () => {
    const x = tf.tensor1d([0, 4]);
    expectClose(grad(safeSqrt, x), [0, 0.25]);
    expectClose(hvp(safeSqrt, x, tf.ones([2])), [0, -1 / 32]);
  });

  test('fakeRelu is the ReLU forwards and the identity backwards', () => {
    const x = tf.tensor1d([-2, 3]);
    expectClose(fakeRelu(x), [0, 3]);
    expectClose(
      grad((t) => tf.mul(fakeRelu(t), tf.tensor1d([5, 7])), x),
      [5, 7],
    );
    expectClose(
      hvp((t) => tf.square(fakeRelu(t)), x, tf.ones([2])),
      [2, 2],
    );
  });

  describe('stopGradient', () => {
    test('holds its argument constant', () => {
      expectClose(
        grad((x) => tf.mul(x, stopGradient(x)), tf.tensor1d([2, 3])),
        [2, 3],
      );
    });

    test('shares data with its argument and outlives it', () => {
      const before = tf.memory();
      const x = tf.tensor1d([1, 2]);
      const constant = stopGradient(x);
      expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers + 1);
      x.dispose();
      expectClose(constant, [1, 2]);
      constant.dispose();
      expect(tf.memory().numTensors).toBe(before.numTensors);
    });
  });
});
