import { expectClose, onEachBackend } from '@equipoise/internal-testing';
import type { Norm } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sampleNorm } from '../norms/norms.js';
import { createRng } from '../random/create-rng.js';
import { projectBall, projectSimplex } from './balls.js';
import { projectL1Box } from './l1-box.js';

const names = ['linf', 'l2', 'l1'] as const;
const runs = { numRuns: 15, seed: 1 };

/** Float32 rounding of entries up to 10 in rows of up to 40. */
const TOLERANCE = 2e-5;

interface Case {
  readonly seed: number;
  readonly dimensions: number;
  readonly scale: number;
  readonly radius: number;
}

const cases: fc.Arbitrary<Case> = fc.record({
  seed: fc.integer({ min: 0, max: 1e6 }),
  dimensions: fc.integer({ min: 1, max: 40 }),
  scale: fc.constantFrom(0.01, 0.3, 3),
  radius: fc.constantFrom(0, 0.05, 1, 6),
});

const draw = ({ seed, dimensions, scale }: Case, label: string, rows = 3) =>
  tf.tensor2d(
    createRng(seed)
      .fork(label)
      .normals(rows * dimensions)
      .map((value) => value * scale),
    [rows, dimensions],
  );

const distance = (a: tf.Tensor, b: tf.Tensor) => sampleNorm(tf.sub(a, b), 'l2').dataSync();

function holds(check: (one: Case) => void): void {
  fc.assert(
    fc.property(cases, (one) => {
      tf.tidy(() => check(one));
    }),
    runs,
  );
}

onEachBackend(() => {
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  test.each(names)('%s: inside the ball, idempotent, not expanding', (norm) => {
    holds((one) => {
      const [x, y] = [draw(one, 'x'), draw(one, 'y')];
      const [px, py] = [projectBall(x, norm, one.radius), projectBall(y, norm, one.radius)];
      for (const size of sampleNorm(px, norm).dataSync()) expect(size).toBeLessThanOrEqual(one.radius * (1 + 1e-6));
      expectClose(projectBall(px, norm, one.radius), px, { rtol: 1e-5, atol: 1e-6 }, 'projected twice');
      const before = distance(x, y);
      distance(px, py).forEach((after, row) => expect(after).toBeLessThanOrEqual(before[row]! + TOLERANCE));
    });
  });

  test.each(names)('%s: no point of the ball is nearer', (norm) => {
    holds((one) => {
      const x = draw(one, 'x');
      const nearest = distance(x, projectBall(x, norm, one.radius));
      const inside = projectBall(draw({ ...one, scale: 3 }, 'z'), norm, one.radius);
      distance(x, inside).forEach((other, row) => expect(nearest[row]!).toBeLessThanOrEqual(other + TOLERANCE));
    });
  });

  test.each(names)('%s: a sample inside comes back bit by bit', (norm) => {
    const x = tf.tensor3d([0.1, -0.2, 0.05, 0.0625], [1, 2, 2]);
    expect(projectBall(x, norm, 0.5).dataSync()).toEqual(x.dataSync());
    expect(projectBall(x, norm, Infinity).dataSync()).toEqual(x.dataSync());
  });

  test.each(['l0', 'l3', 2])('%j is refused', (norm) => {
    expect(() => projectBall(tf.zeros([1, 2]), norm as Norm, 1)).toThrow('norm: expected "linf", "l2" or "l1", got');
  });

  test.each(names)('%s: each sample has its own radius, and its shape', (norm: Norm) => {
    const x = tf.tensor4d([3, 4, 3, 4], [2, 1, 2, 1]);
    const projected = projectBall(x, norm, [1, 100]);
    const first = { linf: [1, 1], l2: [0.6, 0.8], l1: [0, 1] }[norm];
    expectClose(projected, { shape: [2, 1, 2, 1], data: [...first, 3, 4] });
    expectClose(projectBall(x, norm, tf.tensor1d([1, 100])), projected);
    expectClose(projectBall(x, norm, 0), new Array<number>(4).fill(0));
  });

  test('simplex: not negative, sums to the total, idempotent, no point nearer', () => {
    holds((one) => {
      const x = draw(one, 'x');
      const total = one.radius + 0.5;
      const projected = projectSimplex(x, total);
      expect(Math.min(...projected.dataSync())).toBeGreaterThanOrEqual(0);
      for (const sum of sampleNorm(projected, 'l1').dataSync()) expect(Math.abs(sum / total - 1)).toBeLessThan(1e-6);
      expectClose(projectSimplex(projected, total), projected, { rtol: 1e-5, atol: 1e-6 }, 'projected twice');
      const nearest = distance(x, projected);
      const other = tf.mul(tf.softmax(draw({ ...one, scale: 5 }, 'z')), total);
      distance(x, other).forEach((far, row) => expect(nearest[row]!).toBeLessThanOrEqual(far + TOLERANCE));
    });
  });

  test('l1 and box: feasible, idempotent, and nearer than ball then box or any other feasible point', () => {
    holds((one) => {
      const v = draw(one, 'v');
      const x = tf.sigmoid(draw({ ...one, scale: 4 }, 'x'));
      const projected = projectL1Box(v, x, one.radius, [0, 1]);
      for (const size of sampleNorm(projected, 'l1').dataSync())
        expect(size).toBeLessThanOrEqual(one.radius * (1 + 1e-6));
      const moved = tf.add(x, projected).dataSync();
      expect(Math.min(...moved)).toBeGreaterThanOrEqual(-1e-7);
      expect(Math.max(...moved)).toBeLessThanOrEqual(1 + 1e-7);
      expectClose(projectL1Box(projected, x, one.radius, [0, 1]), projected, { rtol: 1e-5, atol: 1e-6 }, 'twice');
      const nearest = distance(v, projected);
      for (const start of [v, draw({ ...one, scale: 1 }, 'z')]) {
        const feasible = tf.sub(tf.clipByValue(tf.add(x, projectBall(start, 'l1', one.radius)), 0, 1), x);
        distance(v, feasible).forEach((far, row) => expect(nearest[row]!).toBeLessThanOrEqual(far + TOLERANCE));
      }
    });
  });

  test('l1 and box in two dimensions, by hand: the room that one entry lacks goes to the other', () => {
    const x = tf.tensor2d([[0.9, 0.5]]);
    expectClose(projectL1Box(tf.tensor2d([[1, 0.8]]), x, 0.5, [0, 1]), [0.1, 0.4]);
    expectClose(projectL1Box(tf.tensor2d([[-1, 0.8]]), x, 0.5, [0, 1]), [-0.35, 0.15]);
    expectClose(projectL1Box(tf.tensor2d([[-1, 0.8]]), x, 9, [0, 1]), [-0.9, 0.5]);
  });

  test('l1 and box refuses inputs of another shape', () => {
    expect(() => projectL1Box(tf.zeros([1, 2]), tf.zeros([2, 2]), 1, [0, 1])).toThrow(/perturbation has shape/);
  });

  test('one tensor is made by each', () => {
    const x = tf.ones([2, 3]);
    const before = tf.memory().numTensors;
    for (const norm of names) projectBall(x, norm, [0.1, 0.2]);
    projectSimplex(x);
    projectL1Box(x, tf.zerosLike(x), 0.5, [0, 1]).dispose();
    expect(tf.memory().numTensors).toBe(before + 5);
  });
});
