import { expectClose, onEachBackend } from '@equipoise/internal-testing';
import { createRng, sampleNorm } from '@equipoise/kit';
import type { Norm } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkMask, createRegion, uniformInBall } from '../index.js';

const rng = createRng(2);
const norms = ['linf', 'l2', 'l1'] as const;

onEachBackend(() => {
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());
  const range = (count: number) => Array.from({ length: count }, (_, index) => index);

  /** The share of the ball's points that are nearer than half of the radius is 2^−d. */
  test.each(norms)('%s: points fill the ball evenly', (norm) => {
    const [count, d] = [4000, 3];
    const sizes = sampleNorm(uniformInBall(norm, rng, range(count), [d]), norm).dataSync();
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1 + 1e-6);
    const inner = sizes.filter((size) => size < 0.5).length / count;
    // The standard error of a share of 1/8 among 4000 is 0.0052; four of them.
    expect(Math.abs(inner - 1 / 8)).toBeLessThan(0.021);
  });

  test.each(norms)('%s: the ball has no preferred orthant', (norm) => {
    const x = uniformInBall(norm, rng, range(4000), [2]);
    const share = tf.mean(tf.cast(tf.greater(x, 0), 'float32'), 0).dataSync();
    // Four standard errors of a fair coin among 4000: 0.032.
    for (const one of share) expect(Math.abs(one - 0.5)).toBeLessThan(0.032);
  });

  test.each(norms)('%s: a mask leaves a ball of fewer dimensions', (norm) => {
    const mask = tf.tile(tf.tensor2d([[1, 0, 1]]), [4000, 1]);
    const x = uniformInBall(norm, rng, range(4000), [3], mask);
    expect(tf.max(tf.abs(tf.slice(x, [0, 1], [-1, 1]))).dataSync()[0]).toBe(0);
    const inner =
      sampleNorm(x, norm)
        .dataSync()
        .filter((size) => size < 0.5).length / 4000;
    expect(Math.abs(inner - 1 / 4)).toBeLessThan(0.028);
  });

  test.each(norms)('%s: a start depends on its stream alone, and is inside', (norm: Norm) => {
    const original = tf.tensor2d(rng.fork('o').uniforms(3 * 5), [3, 5]);
    const region = createRegion({ norm, eps: [0.1, 0.2, 0.3], bounds: [0, 1] }, [3, 5]);
    const all = region.randomStart(rng, [7, 8, 9], original, tf.tensor1d([0, 1, 2], 'int32'));
    const one = region.randomStart(rng, [8], tf.slice(original, [1], [1]), tf.tensor1d([1], 'int32'));
    expectClose(one, tf.slice(all, [1], [1]));
    sampleNorm(tf.sub(all, original), norm)
      .dataSync()
      .forEach((size, row) => expect(size).toBeLessThanOrEqual([0.1, 0.2, 0.3][row]! + 1e-6));
    const values = all.dataSync();
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThanOrEqual(1);
  });

  test('rows find their own radius and mask', () => {
    const mask = tf.tensor2d([1, 1, 0, 1], [2, 2]);
    const region = createRegion({ norm: 'linf', eps: [0.1, 0.2], bounds: [0, 1], mask }, [2, 2]);
    const original = tf.fill([2, 2], 0.5);
    const projected = region.project(tf.fill([2, 2], 0.9), original, { rows: tf.tensor1d([1, 0], 'int32') });
    expectClose(projected, [0.5, 0.7, 0.6, 0.6]);
  });

  test('l1: ball and box at once keep more of the move than one after the other', () => {
    const [x, original] = [tf.tensor2d([[1.9, 1.3]]), tf.tensor2d([[0.9, 0.5]])];
    const rows = tf.tensor1d([0], 'int32');
    const nearest = createRegion({ norm: 'l1', eps: 0.5, bounds: [0, 1] }, [1, 2]);
    expectClose(nearest.project(x, original, { rows }), [1, 0.9]);
    const inTurn = createRegion({ norm: 'l1', eps: 0.5, bounds: [0, 1], projection: 'ball-then-box' }, [1, 2]);
    expectClose(inTurn.project(x, original, { rows }), [1, 0.65]);
  });

  describe('refuses', () => {
    test.each([
      [{ eps: -1 }, /number >= 0, got -1/],
      [{ eps: NaN }, /number >= 0, got NaN/],
      [{ eps: [0.1, -0.1] }, /number >= 0, got -0.1/],
      [{ eps: [0.1] }, /eps, one a sample/],
    ])('%j', (options, message) => {
      expect(() => createRegion({ norm: 'linf', bounds: [0, 1], ...options }, [2, 2])).toThrow(message);
    });

    test('a mask of another shape, or with other values than 0 and 1', async () => {
      expect(() => createRegion({ norm: 'l2', eps: 1, bounds: [0, 1], mask: tf.ones([3]) }, [2, 2])).toThrow(/mask/);
      await expect(checkMask(tf.tensor1d([0, 0.5]))).rejects.toThrow(/expected 0 or 1, got 0.5/);
    });
  });
});
