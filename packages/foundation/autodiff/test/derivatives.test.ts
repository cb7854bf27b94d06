import {
  grad,
  hvp,
  inputGradients,
  jacobianColumnNorms,
  jacobianRowNorms,
  jvp,
  valueAndGrad,
  valueAndGradients,
  valueAndVjps,
  vjp,
} from '@equipoise/autodiff';
import { expectClose, onEachBackend } from '@equipoise/internal-testing';
import { createRng } from '@equipoise/kit';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

const matrix = [
  [1, -2, 0.5],
  [0, 3, -1],
];
/** φ(x) = tanh(A x) of each row; its Jacobian is diag(1 − tanh²(A x)) A. */
const phi = (x: tf.Tensor) => tf.tanh(tf.matMul(x, tf.tensor2d(matrix), false, true));
const points = [
  [0.1, 0.2, -0.3],
  [0.4, -0.1, 0.2],
];

/** The Jacobian of φ at each point, `[sample][output][input]`, in float64. */
const jacobians = points.map((x) =>
  matrix.map((row) => {
    const slope = 1 - Math.tanh(row.reduce((sum, a, j) => sum + a * (x[j] as number), 0)) ** 2;
    return row.map((a) => slope * a);
  }),
);

/** Fails if a body leaves tensors behind beyond those that it returns. */
function expectNoLeak(expected: number, body: () => unknown): void {
  const before = tf.memory().numTensors;
  body();
  expect(tf.memory().numTensors - before).toBe(expected);
}

onEachBackend(() => {
  describe('grad and valueAndGrad', () => {
    test('give the gradient of the sum of the outputs', () => {
      const x = tf.tensor1d([1, 2, 3]);
      const { value, gradient } = valueAndGrad((t) => tf.square(t), x);
      expectClose(value, [1, 4, 9]);
      expectClose(gradient, [2, 4, 6]);
      expectClose(
        grad((t) => tf.square(t), x),
        [2, 4, 6],
      );
    });

    test('give zeros where the function does not depend on its input', () => {
      expectClose(
        grad(() => tf.scalar(3), tf.tensor1d([1, 2])),
        [0, 0],
      );
    });

    test('keep only what they return', () => {
      const x = tf.tensor2d(points);
      expectNoLeak(1, () => grad(phi, x));
      expectNoLeak(2, () => valueAndGrad(phi, x));
    });

    test('free what they had saved when a derivative fails', () => {
      const x = tf.tensor1d([1, 2]);
      const fails = () => {
        throw new Error('on purpose');
      };
      expectNoLeak(0, () => expect(() => grad((t) => tf.add(tf.exp(tf.square(t)), fails()), x)).toThrow('on purpose'));
    });
  });

  describe('inputGradients', () => {
    test('gives each sample its own gradient whatever else is in the batch', () => {
      const objective = (x: tf.Tensor) => tf.sum(tf.square(phi(x)), 1) as tf.Tensor1D;
      const both = inputGradients(objective, tf.tensor2d(points));
      const alone = inputGradients(objective, tf.tensor2d([points[1] as number[]]));
      expectClose(tf.slice(both.gradients, 1, 1), alone.gradients);
      expectClose(tf.slice(both.values, 1, 1), alone.values);
    });

    test('computes no gradient of a weight', () => {
      const weights = tf.variable(tf.tensor2d(matrix));
      const kernels: string[] = [];
      const x = tf.tensor2d(points);
      const original = tf.engine().runKernel;
      tf.engine().runKernel = function (this: tf.KernelBackend, name: string, ...rest: never[]) {
        kernels.push(name);
        return (original as (...all: unknown[]) => never).call(this, name, ...rest);
      } as typeof original;
      try {
        inputGradients((t) => tf.sum(tf.matMul(t, weights, false, true), 1), x);
      } finally {
        tf.engine().runKernel = original;
      }
      expect(kernels.filter((name) => name === 'BatchMatMul')).toHaveLength(2);
      weights.dispose();
    });

    test('refuses an objective that does not give one value a sample', () => {
      expect(() => inputGradients((x) => tf.sum(x) as never, tf.ones([2, 3]))).toThrow(
        expect.objectContaining({ code: 'EQUIPOISE_SHAPE' }),
      );
    });
  });

  describe('valueAndGradients', () => {
    test('returns what f returned, and zeros for variables that the total does not depend on', () => {
      const w = tf.variable(tf.tensor1d([1, 2]));
      const unused = tf.variable(tf.ones([2, 2]));
      const { value, gradients } = valueAndGradients(() => {
        const total = tf.sum(tf.square(w)) as tf.Scalar;
        return { total, parts: { squares: tf.mul(total, 2) as tf.Scalar }, list: [tf.neg(total)], name: 'loss' };
      }, [w, unused]);
      expectClose(value.total, [5]);
      expectClose(value.parts.squares, [10]);
      expectClose(value.list[0] as tf.Tensor, [-5]);
      expect(value.name).toBe('loss');
      expectClose(gradients[0] as tf.Tensor, [2, 4]);
      expectClose(gradients[1] as tf.Tensor, [0, 0, 0, 0]);
      tf.dispose([w, unused]);
    });

    test('keeps the value and the gradients and nothing else', () => {
      const w = tf.variable(tf.tensor1d([1, 2]));
      const run = () =>
        valueAndGradients(() => ({ total: tf.sum(tf.exp(w)) as tf.Scalar, parts: { w: tf.mean(w) } }), [w]);
      expectNoLeak(3, run);
      expectNoLeak(0, () => tf.tidy(() => void run()));
      w.dispose();
    });

    test('can be differentiated again', () => {
      const w = tf.tensor1d([1, 2]);
      const squaredGradient = (t: tf.Tensor) =>
        tf.sum(
          tf.square(
            valueAndGradients(() => ({ total: tf.sum(tf.exp(t)) as tf.Scalar }), [t]).gradients[0] as tf.Tensor,
          ),
        );
      expectClose(grad(squaredGradient, w), [2 * Math.exp(2), 2 * Math.exp(4)]);
    });

    test('refuses a total that is not a scalar', () => {
      expect(() => valueAndGradients(() => ({ total: tf.ones([2]) as never }), [tf.ones([2])])).toThrow(
        expect.objectContaining({ code: 'EQUIPOISE_SHAPE' }),
      );
    });
  });

  describe('products with derivatives', () => {
    const x = () => tf.tensor2d(points);

    test('vjp is the cotangent times the Jacobian', () => {
      const u = [
        [0.5, -1],
        [2, 0.25],
      ];
      const expected = jacobians.flatMap((jacobian, n) =>
        [0, 1, 2].map((j) => jacobian.reduce((sum, row, i) => sum + (u[n]?.[i] as number) * (row[j] as number), 0)),
      );
      expectClose(vjp(phi, x(), tf.tensor2d(u)), expected);
    });

    test('several vjps with one forward pass are the rows of the Jacobian, in the order of the vectors', () => {
      const at = x();
      const unit = (row: readonly number[]) => tf.tensor2d([...row, ...row], [2, 2]);
      let passes = 0;
      const counted = (t: tf.Tensor) => {
        passes++;
        return phi(t);
      };
      const { value, products } = valueAndVjps(counted, at, () => [unit([0, 1]), unit([1, 0])]);
      expect(passes).toBe(1);
      expectClose(value, phi(at).dataSync());
      expectClose(products, { shape: [2, 2, 3], data: [1, 0].flatMap((i) => jacobians.flatMap((one) => one[i]!)) });
      expectNoLeak(2, () => valueAndVjps(phi, at, (y) => [tf.onesLike(y)]));
    });

    test('jvp is the Jacobian times the tangent', () => {
      const t = [
        [1, 0.5, -1],
        [-0.25, 2, 1],
      ];
      const expected = jacobians.flatMap((jacobian, n) =>
        jacobian.map((row) => row.reduce((sum, entry, j) => sum + entry * (t[n]?.[j] as number), 0)),
      );
      expectClose(jvp(phi, x(), tf.tensor2d(t)), expected);
    });

    test('jvp agrees with central differences', () => {
      const f = (t: tf.Tensor) => tf.softmax(tf.mul(t, tf.exp(t)));
      const t = tf.tensor2d([
        [1, -1, 0.5],
        [0.5, 0.5, -2],
      ]);
      const h = 1e-2;
      const difference = tf.div(tf.sub(f(tf.add(x(), tf.mul(t, h))), f(tf.sub(x(), tf.mul(t, h)))), 2 * h);
      // The error of the difference is h²/6 times a third derivative of order 1.
      expectClose(jvp(f, x(), t), difference.dataSync(), { rtol: 1e-3, atol: 1e-4 });
    });

    test('hvp of Σ x³/6 is x v', () => {
      const v = tf.tensor2d([
        [1, 2, 3],
        [4, 5, 6],
      ]);
      expectClose(
        hvp((t) => tf.div(tf.sum(tf.mul(t, tf.square(t))), 6), x(), v),
        tf.mul(x(), v).dataSync(),
      );
    });

    test('are zero where the function does not depend on its input', () => {
      expectClose(
        jvp(() => tf.ones([2]), x(), tf.ones([2, 3])),
        [0, 0],
      );
      expectClose(
        hvp((t) => tf.sum(t), x(), tf.ones([2, 3])),
        new Array<number>(6).fill(0),
      );
    });

    test('leave nothing behind', () => {
      const [at, u, t] = [x(), tf.ones([2, 2]), tf.ones([2, 3])];
      expectNoLeak(1, () => vjp(phi, at, u));
      expectNoLeak(1, () => jvp(phi, at, t));
      expectNoLeak(1, () => hvp(phi, at, t));
    });

    test('refuse vectors of the wrong shape', () => {
      for (const wrong of [
        () => vjp(phi, x(), tf.ones([2, 3])),
        () => valueAndVjps(phi, x(), () => [tf.ones([2, 3])]),
        () => jvp(phi, x(), tf.ones([2, 2])),
        () => hvp(phi, x(), tf.ones([3])),
      ]) {
        expect(wrong).toThrow(expect.objectContaining({ code: 'EQUIPOISE_SHAPE' }));
      }
    });
  });

  describe('Jacobian norms', () => {
    const columns = jacobians.flatMap((jacobian) =>
      [0, 1, 2].map((j) => Math.hypot(...jacobian.map((row) => row[j] as number))),
    );
    const rows = jacobians.flatMap((jacobian) => jacobian.map((row) => Math.hypot(...row)));

    test('are exact', () => {
      expectClose(jacobianColumnNorms(phi, tf.tensor2d(points)), tf.tensor2d(columns, [2, 3]));
      expectClose(jacobianRowNorms(phi, tf.tensor2d(points)), tf.tensor2d(rows, [2, 2]));
    });

    test('are estimated from random projections', () => {
      const options = { method: 'random', projections: 100, rng: createRng(1) } as const;
      // Signs of two outputs (three inputs): the squares' standard error is at most 1 (√3) / √100 of the square, half of it for the norm.
      expectClose(jacobianColumnNorms(phi, tf.tensor2d(points), options), columns, { rtol: 0.1, atol: 0.05 });
      expectClose(jacobianRowNorms(phi, tf.tensor2d(points), options), rows, { rtol: 0.1, atol: 0.05 });
    });

    test('of a sample do not depend on its batch', () => {
      const options = { method: 'random', projections: 3, rng: createRng(1) } as const;
      const both = jacobianColumnNorms(phi, tf.tensor2d(points), { ...options, sampleIndices: [7, 9] });
      const alone = jacobianColumnNorms(phi, tf.tensor2d([points[1] as number[]]), { ...options, sampleIndices: [9] });
      expectClose(tf.slice(both, 1, 1), alone);
    });

    test('run the function once', () => {
      let calls = 0;
      const counted = (x: tf.Tensor) => (calls++, phi(x));
      jacobianColumnNorms(counted, tf.tensor2d(points));
      expect(calls).toBe(1);
    });

    test('can be differentiated', () => {
      // f(x) = x²: s = 2 |x|, so ds/dx = 2 sign x.
      const norms = (x: tf.Tensor) => jacobianColumnNorms((t) => tf.square(t), x);
      expectClose(grad(norms, tf.tensor2d([[1, -2, 3]])), [2, -2, 2]);
      const rowNorms = (x: tf.Tensor) => jacobianRowNorms((t) => tf.square(t), x);
      expectClose(grad(rowNorms, tf.tensor2d([[1, -2, 3]])), [2, -2, 2]);
    });

    test('leave nothing behind', () => {
      const x = tf.tensor2d(points);
      const random = { method: 'random', projections: 2, rng: createRng(1) } as const;
      expectNoLeak(1, () => jacobianColumnNorms(phi, x));
      expectNoLeak(1, () => jacobianRowNorms(phi, x));
      expectNoLeak(1, () => jacobianColumnNorms(phi, x, random));
      expectNoLeak(1, () => jacobianRowNorms(phi, x, random));
      expectNoLeak(0, () => tf.tidy(() => void grad((t) => jacobianColumnNorms(phi, t), x)));
    });

    test('refuse wrong options and functions that mix up the batch', () => {
      const x = tf.tensor2d(points);
      const invalid = expect.objectContaining({ code: 'EQUIPOISE_INVALID_OPTIONS' });
      expect(() => jacobianColumnNorms(phi, x, { method: 'guess' as never })).toThrow(invalid);
      expect(() => jacobianColumnNorms(phi, x, { method: 'random', projections: 0, rng: createRng(1) })).toThrow(
        invalid,
      );
      expect(() => jacobianRowNorms(phi, x, { method: 'random' } as never)).toThrow(invalid);
      expect(() => jacobianRowNorms((t) => tf.sum(t), x)).toThrow(expect.objectContaining({ code: 'EQUIPOISE_SHAPE' }));
    });
  });
});
