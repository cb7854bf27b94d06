import { crossEntropy, enableGradients, grad, hvp, logSumExp } from '@equipoise/autodiff';
import { expectClose, onEachBackend } from '@equipoise/internal-testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';

const unsupported = expect.objectContaining({ code: 'EQUIPOISE_UNSUPPORTED' });
const points = [-1.5, -0.5, 0.25, 1.25];

/** The third derivative of a function of one number, entry by entry. */
function third(f: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor): tf.Tensor {
  return grad((a) => grad((b) => grad(f, b), a), x);
}

/** Functions of one number with their third derivatives. */
const thirdDerivatives: Record<string, [f: (x: tf.Tensor) => tf.Tensor, third: (x: number) => number]> = {
  exp: [tf.exp, Math.exp],
  tanh: [tf.tanh, (x) => -2 * (1 - Math.tanh(x) ** 2) * (1 - 3 * Math.tanh(x) ** 2)],
  sigmoid: [
    tf.sigmoid,
    (x) => {
      const s = 1 / (1 + Math.exp(-x));
      return s * (1 - s) * (1 - 6 * s + 6 * s * s);
    },
  ],
  sin: [tf.sin, (x) => -Math.cos(x)],
  'log of a square': [(x) => tf.log(tf.square(x)), (x) => 4 / x ** 3],
  'sqrt of a square plus one': [(x) => tf.sqrt(tf.add(tf.square(x), 1)), (x) => -3 * x * (x * x + 1) ** -2.5],
  'fourth power': [(x) => tf.pow(x, 4), (x) => 24 * x],
  'square by pow': [(x) => tf.pow(x, 2), () => 0],
  elu: [tf.elu, (x) => (x > 0 ? 0 : Math.exp(x))],
  'relu cubed': [(x) => tf.mul(tf.relu(x), tf.square(tf.relu(x))), (x) => (x > 0 ? 6 : 0)],
  'clipped cube': [(x) => tf.pow(tf.clipByValue(x, -1, 1), 3), (x) => (Math.abs(x) < 1 ? 6 : 0)],
  'softmax of two': [
    (x) => tf.slice(tf.softmax(tf.stack([x, tf.zerosLike(x)], -1)), [0, 0], [-1, 1]),
    (x) => (thirdDerivatives['sigmoid'] as [unknown, (x: number) => number])[1](x),
  ],
};

onEachBackend(() => {
  describe('third derivatives', () => {
    for (const [name, [f, expected]] of Object.entries(thirdDerivatives)) {
      test(`of ${name} are right`, () => {
        expectClose(third(f, tf.tensor1d(points)), points.map(expected), { rtol: 1e-4, atol: 1e-4 });
      });
    }

    test('of a product of three entries are one for each order of the three', () => {
      // Σ over all triples of ∂³(x₁x₂x₃): the six orders of the three entries, of which each entry's gradient sees two.
      const x = tf.tensor1d([2, 0, -3]);
      expectClose(
        grad((a) => grad((b) => grad((c) => tf.prod(c), b), a), x),
        [2, 2, 2],
      );
    });

    test('of maxPool squared, avgPool cubed and a convolution agree with differences of the second', () => {
      const x = tf.tensor4d(
        Array.from({ length: 16 }, (_, index) => ((7 * index) % 16) / 4 - 2),
        [1, 4, 4, 1],
      );
      const filter = tf.tensor4d([0.5, -1, 2, 0.25], [2, 2, 1, 1]);
      const v = tf.tensor4d(
        Array.from({ length: 16 }, (_, index) => Math.cos(5 * index)),
        [1, 4, 4, 1],
      );
      const functions = [
        (t: tf.Tensor) => tf.pow(tf.maxPool(t as tf.Tensor4D, 2, 2, 'valid'), 3),
        (t: tf.Tensor) => tf.pow(tf.avgPool(t as tf.Tensor4D, 3, 2, 'same'), 3),
        (t: tf.Tensor) => tf.pow(tf.conv2d(t as tf.Tensor4D, filter, 1, 'same'), 3),
      ];
      for (const f of functions) {
        const along = (t: tf.Tensor) => hvp(f, t, v);
        const h = 2 ** -4;
        const ahead = along(tf.add(x, tf.mul(v, h)));
        const behind = along(tf.sub(x, tf.mul(v, h)));
        // The functions are cubic between kinks, so that the second derivative is linear and its difference exact.
        const expected = tf.sum(tf.mul(tf.div(tf.sub(ahead, behind), 2 * h), v));
        const actual = tf.sum(
          tf.mul(
            grad((t) => tf.sum(tf.mul(along(t), v)), x),
            v,
          ),
        );
        expectClose(actual, expected.dataSync(), { rtol: 1e-3, atol: 1e-3 });
      }
    });
  });

  describe('what TensorFlow.js gets wrong by itself', () => {
    let x: tf.Tensor;
    let v: tf.Tensor;
    beforeAll(() => {
      x = tf.tensor2d([[0.5, -1, 2]]);
      v = tf.tensor2d([[1, 2, -1]]);
    });

    test('second derivatives of tf.logSoftmax are right', () => {
      const right = (t: tf.Tensor) => tf.sub(tf.sum(tf.square(tf.sub(t, logSumExp(t, 1, true)))), 0);
      expectClose(
        hvp((t) => tf.sum(tf.square(tf.logSoftmax(t))), x, v),
        hvp(right, x, v).dataSync(),
      );
    });

    test('the first derivative of tf.losses.softmaxCrossEntropy is right, the second throws', () => {
      const stock = (t: tf.Tensor) => tf.losses.softmaxCrossEntropy(tf.tensor2d([[0, 1, 0]]), t);
      expectClose(grad(stock, x), grad((t) => crossEntropy(t, tf.tensor1d([1], 'int32')), x).dataSync());
      expect(() => hvp(stock, x, v)).toThrow(unsupported);
    });

    test('a second derivative after a failed one is right again', () => {
      expectClose(
        hvp((t) => tf.exp(t), x, v),
        tf.mul(tf.exp(x), v).dataSync(),
      );
    });

    test('a gradient of others that saves an output is right at second order, also through tf.grad', () => {
      tf.unregisterGradient('Exp');
      tf.registerGradient({
        kernelName: 'Exp',
        outputsToSave: [true],
        gradFunc: (dy, saved) => ({ x: () => tf.mul(dy as tf.Tensor, saved[0] as tf.Tensor) }),
      });
      const twice = tf.grad((t) => tf.sum(tf.grad((s) => tf.exp(s))(t)));
      expectClose(twice(x), tf.exp(x).dataSync());
      enableGradients();
      expect(tf.getGradient('Exp').outputsToSave).toBeUndefined();
      expectClose(twice(x), tf.exp(x).dataSync());
    });

    test('a custom operation that saves its output is right, one that saves an intermediate result throws', () => {
      const savesOutput = tf.customGrad((t, save) => {
        const value = tf.exp(t as tf.Tensor);
        (save as (tensors: tf.Tensor[]) => void)([value]);
        return { value, gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(dy, saved[0] as tf.Tensor) };
      });
      const savesBetween = tf.customGrad((t, save) => {
        const between = tf.exp(t as tf.Tensor);
        (save as (tensors: tf.Tensor[]) => void)([between]);
        return {
          value: tf.mul(between, 1),
          gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(dy, saved[0] as tf.Tensor),
        };
      });
      expectClose(hvp(savesOutput, x, v), tf.mul(tf.exp(x), v).dataSync());
      expectClose(grad(savesBetween, x), tf.exp(x).dataSync());
      expect(() => hvp(savesBetween, x, v)).toThrow(unsupported);
    });

    test('a kernel without a gradient throws', () => {
      expect(() => grad((t) => tf.cumprod(t, 1), x)).toThrow(unsupported);
    });

    test('comparisons and roundings on the way have no gradient but do not throw', () => {
      const f = (t: tf.Tensor) => tf.where(tf.greater(t, 0), tf.mul(t, tf.round(t)), tf.floor(t));
      expectClose(grad(f, tf.tensor1d([1.75, -0.5])), [2, 0]);
    });

    test('batch normalisation without scale does not disturb other gradients', () => {
      const f = (t: tf.Tensor) => {
        const normed = tf.batchNorm(
          tf.reshape(t, [1, 1, 1, 3]) as tf.Tensor4D,
          tf.zeros([3]) as tf.Tensor1D,
          tf.ones([3]) as tf.Tensor1D,
        );
        return tf.add(tf.square(tf.reshape(normed, [1, 3])), t);
      };
      expectClose(
        grad(f, x),
        [2 * 0.5, 2 * -1, 2 * 2].map((g) => g / 1.001 + 1),
      );
    });
  });

  test('enabling gradients twice changes nothing', () => {
    const before = tf.getGradient('Tanh');
    enableGradients();
    enableGradients();
    expect(tf.getGradient('Tanh')).toBe(before);
    expectClose(grad(tf.tanh, tf.tensor1d([0.5])), [1 - Math.tanh(0.5) ** 2]);
  });
});
