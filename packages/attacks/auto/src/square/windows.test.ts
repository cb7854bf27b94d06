import { createRng } from '@equipoise/kit';
import { onEachBackend } from '@equipoise/internal-testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { bumpInWindow, signedWindow, stripes, tiles } from './proposals.js';
import { bump, gridOf, shareAt, turned, windowSize } from './windows.js';

describe('the schedule', () => {
  test('halves the share of pixels after the iterations of the paper', () => {
    const at = [0, 10, 11, 50, 51, 200, 201, 500, 501, 1000, 1001, 2000, 2001, 4000, 4001, 6000, 6001, 8000, 8001];
    const halvings = [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9];
    expect(at.map((iteration) => shareAt(0.8, iteration))).toEqual(halvings.map((count) => 0.8 / 2 ** count));
  });
});

describe('windows', () => {
  test('are squares that cover the share of the pixels, odd and at least three wide in l2 and l1', () => {
    const grid = gridOf([28, 28, 3]);
    expect(windowSize('linf', 0.8, grid)).toEqual({ height: 25, width: 25 });
    expect(windowSize('linf', 1e-6, grid)).toEqual({ height: 1, width: 1 });
    expect(windowSize('l2', 0.2, grid)).toEqual({ height: 13, width: 13 });
    expect(windowSize('l1', 1e-6, grid)).toEqual({ height: 3, width: 3 });
    expect(windowSize('linf', 1, gridOf([10, 4, 1]))).toEqual({ height: 4, width: 4 });
  });

  test('are intervals of inputs that are no images', () => {
    expect(gridOf([12])).toEqual({ height: 1, width: 12, channels: 1 });
    expect(windowSize('linf', 0.5, gridOf([12]))).toEqual({ height: 1, width: 6 });
  });

  test.each(['l2', 'l1'] as const)(
    'hold bumps of norm one in %s, half up and half down, whatever their size',
    (norm) => {
      for (const size of [
        { height: 1, width: 1 },
        { height: 3, width: 3 },
        { height: 4, width: 4 },
        { height: 1, width: 6 },
      ]) {
        const values = [...bump(size, norm)];
        const total = norm === 'l2' ? Math.hypot(...values) : values.reduce((sum, value) => sum + Math.abs(value), 0);
        expect(total).toBeCloseTo(1, 6);
        if (values.length > 1) expect([Math.min(...values) < 0, Math.max(...values) > 0]).toEqual([true, true]);
      }
    },
  );

  test('turn by exchanging rows and columns', () => {
    const size = { height: 2, width: 2 };
    expect([...turned(Float32Array.of(1, 2, 3, 4), size, true)]).toEqual([1, 3, 2, 4]);
    expect([...turned(Float32Array.of(1, 2, 3, 4), size, false)]).toEqual([1, 2, 3, 4]);
  });
});

onEachBackend(() => {
  const grid = gridOf([5, 4, 2]);
  const streams = () => Array.from({ length: 300 }, (_, sample) => createRng(1).fork(sample));

  test('a proposal paints one window of each sample, and windows reach every pixel', () => {
    const { counts, reached } = tf.tidy(() => {
      const { mask, signs } = signedWindow(streams(), { height: 2, width: 2 }, grid);
      expect(signs.shape).toEqual([300, 1, 1, 2]);
      return {
        counts: tf.sum(mask, [1, 2, 3]).arraySync() as number[],
        reached: tf.max(mask, 0).arraySync() as number[][][],
      };
    });
    expect(new Set(counts)).toEqual(new Set([4]));
    expect(reached.flat(2)).toEqual(new Array(20).fill(1));
  });

  test('stripes are constant along a column and of both signs', () => {
    const values = tf.tidy(() => stripes(streams().slice(0, 4), grid).arraySync() as number[][][][]);
    for (const image of values) for (const row of image) expect(row).toEqual(image[0]);
    expect(new Set(values.flat(3))).toEqual(new Set([-1, 1]));
  });

  test('a bump lies inside the window that is written, in every channel', () => {
    const outside = tf.tidy(() => {
      const drawn = bumpInWindow(streams(), 'l2', { height: 3, width: 3 }, grid);
      expect(drawn.bump.shape).toEqual([300, 5, 4, 2]);
      return tf.max(tf.abs(tf.mul(drawn.bump, tf.sub(1, drawn.mask)))).dataSync()[0];
    });
    expect(outside).toBe(0);
  });

  test('tiles cover small images and vectors', () => {
    for (const shape of [[5, 5, 1], [3, 3, 2], [9]]) {
      // prettier-ignore
      const smallest = tf.tidy(() => tf.min(tf.abs(tiles(streams().slice(0, 3), 'l1', gridOf(shape)))).dataSync()[0]);
      expect(smallest).toBeGreaterThan(0);
    }
  });
});
