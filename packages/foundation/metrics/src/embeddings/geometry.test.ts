import { grad } from '@equipoise/autodiff';
import { expectClose, onEachBackend } from '@equipoise/internal-testing';
import { createRng } from '@equipoise/kit';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { expectError } from '../../test/errors.js';
import { collapse } from './collapse.js';
import { alignment, uniformity } from './geometry.js';
import { unitRows } from './unit-rows.js';

/** Float32 rounding of values up to 4, which come from sums over some ten entries. */
const tolerance = { rtol: 1e-5, atol: 2e-6 };

const draw = (label: string, rows = 6, features = 5) =>
  tf.tensor2d(
    createRng(3)
      .fork(label)
      .normals(rows * features),
    [rows, features],
  );

/** (f(x + h·direction) − f(x − h·direction)) / 2h: right to about h² plus rounding/h. */
function slope(f: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor, direction: tf.Tensor): number {
  const h = 2 ** -6;
  const [above, below] = [1, -1].map((sign) => f(tf.add(x, tf.mul(direction, sign * h))).dataSync()[0]!);
  return (above! - below!) / (2 * h);
}

onEachBackend(() => {
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  describe('unitRows', () => {
    test('have length 1 whatever their scale; a row of zeros stays, without a gradient', () => {
      const x = tf.tensor2d([3, 4, 3e-30, -4e-30, 0, 0, 3e30, 0], [4, 2]);
      expectClose(unitRows(x), { shape: [4, 2], data: [0.6, 0.8, 0.6, -0.8, 0, 0, 1, 0] });
      expectClose(
        grad((at) => tf.sum(unitRows(at)), tf.zeros([1, 2])),
        [0, 0],
      );
    });
  });

  describe('alignment', () => {
    test('is 0 for rows of one direction and 2^alpha for opposite ones', () => {
      const x = draw('x');
      expectClose(alignment(x, tf.mul(x, 7)), [0], tolerance);
      for (const alpha of [0.5, 1, 2, 3]) {
        expectClose(alignment(x, tf.mul(x, -2), { alpha }), [2 ** alpha], tolerance, `alpha ${alpha}`);
      }
    });

    test('is symmetric and does not depend on the order of rows', () => {
      const [x, y] = [draw('x'), draw('y')];
      expectClose(alignment(y, x), alignment(x, y), tolerance);
      expectClose(alignment(tf.reverse(x, 0), tf.reverse(y, 0)), alignment(x, y), tolerance);
    });

    test.each([0.5, 1, 1.5, 2, 3])('alpha %d: the gradient is the slope', (alpha) => {
      const [x, y, direction] = [draw('x'), draw('y'), draw('direction')];
      const f = (at: tf.Tensor) => alignment(at, y, { alpha });
      const along = tf.sum(tf.mul(grad(f, x), direction)).dataSync();
      expectClose(along, [slope(f, x, direction)], { rtol: 2e-3, atol: 2e-4 });
    });

    test.each([0.5, 1, 2])('alpha %d: views that coincide have a gradient of zero', (alpha) => {
      const x = tf.tensor2d([1, 0, 0, 2], [2, 2]);
      expectClose(
        grad((at) => alignment(at, x, { alpha }), x),
        new Array<number>(4).fill(0),
      );
    });
  });

  describe('uniformity', () => {
    test('is 0 for one direction, −2t for orthogonal ones and −4t for two opposite ones', () => {
      for (const t of [0.5, 2, 50]) {
        const scaled = (value: number) => ({ rtol: 1e-5, atol: 2e-6 * Math.max(1, t), value });
        const one = tf.tile(tf.tensor2d([[1, 2, 3]]), [4, 1]);
        expectClose(uniformity(one, { t }), [0], scaled(0));
        expectClose(uniformity(tf.mul(tf.eye(5), 3), { t }), [-2 * t], scaled(t));
        expectClose(
          uniformity(
            tf.tensor2d([
              [1, 1],
              [-2, -2],
            ]),
            { t },
          ),
          [-4 * t],
          scaled(t),
        );
      }
    });

    test('depends neither on the order nor on the length of rows, nor on a rotation', () => {
      const x = draw('x', 6, 2);
      const lengths = tf.tensor2d([1, 2, 3, 0.1, 5, 10], [6, 1]);
      const turn = tf.tensor2d([0.6, 0.8, -0.8, 0.6], [2, 2]);
      for (const same of [tf.reverse(x, 0), tf.mul(x, lengths), tf.matMul(x, turn)]) {
        expectClose(uniformity(same), uniformity(x), tolerance);
      }
    });

    test.each([0.5, 2])('t %d: the gradient is the slope', (t) => {
      const [x, direction] = [draw('x'), draw('direction')];
      const f = (at: tf.Tensor) => uniformity(at, { t });
      const along = tf.sum(tf.mul(grad(f, x), direction)).dataSync();
      expectClose(along, [slope(f, x, direction)], { rtol: 2e-3, atol: 2e-4 });
    });

    test('a row of zeros is at distance 1 from the sphere, and nothing becomes NaN', () => {
      const x = tf.tensor2d([0, 0, 5, 0], [2, 2]);
      expectClose(uniformity(x, { t: 3 }), [-3], tolerance);
      expectClose(
        grad((at) => uniformity(at), x),
        [0, 0, 0, 0],
      );
    });
  });

  describe('collapse', () => {
    test('rows of one direction have collapsed, with a gradient of zero', () => {
      const x = tf.tensor2d([0.5, 0, 3, 0, 1, 0], [3, 2]);
      const { standardDeviation, collapseLevel } = collapse(x);
      expectClose(standardDeviation, [0]);
      expectClose(collapseLevel, [1]);
      expectClose(
        grad((at) => collapse(at).standardDeviation, x),
        new Array<number>(6).fill(0),
      );
    });

    test('the axes in both directions are spread as evenly as can be: 1/√features', () => {
      const axes = tf.concat([tf.eye(4), tf.mul(tf.eye(4), -3)]);
      const { standardDeviation, collapseLevel } = collapse(axes, { divisor: 'population' });
      expectClose(standardDeviation, [0.5]);
      expectClose(collapseLevel, [0]);
      expectClose(collapse(axes).standardDeviation, [0.5 * Math.sqrt(8 / 7)]);
    });

    test('does not depend on the order or length of rows', () => {
      const x = draw('x');
      const { standardDeviation } = collapse(x);
      expectClose(collapse(tf.reverse(x, 0)).standardDeviation, standardDeviation);
      expectClose(collapse(tf.mul(x, 9)).standardDeviation, standardDeviation);
    });

    test('the gradient is the slope', () => {
      const [x, direction] = [draw('x'), draw('direction')];
      const f = (at: tf.Tensor) => collapse(at).standardDeviation;
      const along = tf.sum(tf.mul(grad(f, x), direction)).dataSync();
      expectClose(along, [slope(f, x, direction)], { rtol: 2e-3, atol: 2e-4 });
    });
  });

  test('each makes only what it gives', () => {
    const [x, y] = [draw('x'), draw('y')];
    const before = tf.memory().numTensors;
    unitRows(x);
    alignment(x, y, { alpha: 1 });
    uniformity(x);
    collapse(x);
    expect(tf.memory().numTensors).toBe(before + 5);
  });

  test('what is no matrix of enough rows is refused', async () => {
    const [matrix, vector, row] = [tf.ones([2, 3]), tf.ones([3]), tf.ones([1, 3])];
    for (const f of [unitRows, uniformity, collapse, (x: tf.Tensor) => alignment(x, x)]) {
      await expectError(() => f(vector), 'EQUIPOISE_SHAPE', /has shape \[3\]; expected \[\*, \*\]/);
      await expectError(() => f(tf.zeros([0, 3])), 'EQUIPOISE_DATA', /0 rows/);
      await expectError(() => f(tf.zeros([2, 0])), 'EQUIPOISE_DATA', /2 rows of 0 values/);
    }
    await expectError(() => alignment(matrix, row), 'EQUIPOISE_SHAPE', /y has shape \[1, 3\]; expected \[2, 3\]/);
    for (const f of [uniformity, collapse]) {
      await expectError(() => f(row), 'EQUIPOISE_DATA', /1 rows of 3 values; at least 2/);
    }
    await expectError(() => alignment(matrix, matrix, { alpha: 0 }), 'EQUIPOISE_INVALID_OPTIONS', /alpha/);
    await expectError(() => uniformity(matrix, { t: -1 }), 'EQUIPOISE_INVALID_OPTIONS', /t: /);
    await expectError(() => collapse(matrix, { divisor: 'n' as 'sample' }), 'EQUIPOISE_INVALID_OPTIONS', /divisor/);
  });
});
