import { createRng } from '@equipoise/kit';
import { withNoise } from '../src/augmentation.js';
import { describe, expect, test } from 'vitest';

describe('noise', () => {
  const shape = [2, 28, 28, 1];
  const size = 28 * 28;
  const zeros = { shape, x: new Float32Array(2 * size), labels: Int32Array.of(0, 1) };
  const settings = { type: 'gaussian', sigma: 0.3, patchSize: 14, fraction: 1, clip: false } as const;
  const noisy = (change: object, indices = [4, 9], examples = zeros) =>
    withNoise(examples, { ...settings, ...change }, [0, 1], createRng(8), indices);
  const deviation = (values: Float32Array) =>
    Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

  test('gaussian has the standard deviation that is asked for', () => {
    // 1/sqrt(2·784) is 2.5 %; five of those.
    expect(Math.abs(deviation(noisy({}).subarray(0, size)) / 0.3 - 1)).toBeLessThan(0.13);
  });

  test('a range gives each image its own standard deviation', () => {
    const x = noisy({ sigma: [0.1, 0.9] });
    const [first, second] = [deviation(x.subarray(0, size)), deviation(x.subarray(size))];
    for (const value of [first, second]) expect(value > 0.08 && value < 1).toBe(true);
    expect(first).not.toBeCloseTo(second, 2);
  });

  test('an example has the same noise in every batch', () => {
    const alone = { shape: [1, 28, 28, 1], x: new Float32Array(size), labels: Int32Array.of(1) };
    for (const change of [{}, { type: 'patch-gaussian' }, { sigma: [0, 1] }, { fraction: 0.5 }]) {
      expect(noisy(change, [9], alone)).toEqual(noisy(change).slice(size));
    }
  });

  test('a patch is one square window that may reach over the border', () => {
    for (let index = 0; index < 40; index++) {
      const x = noisy({ type: 'patch-gaussian' }, [index, index + 100]).subarray(0, size);
      const places = [...x.keys()].filter((place) => x[place] !== 0);
      const rows = places.map((place) => Math.floor(place / 28));
      const columns = places.map((place) => place % 28);
      const height = Math.max(...rows) - Math.min(...rows) + 1;
      const width = Math.max(...columns) - Math.min(...columns) + 1;
      expect(places).toHaveLength(height * width);
      for (const [length, low, high] of [
        [height, Math.min(...rows), Math.max(...rows)],
        [width, Math.min(...columns), Math.max(...columns)],
      ] as const) {
        expect(length === 14 || (length >= 7 && length < 14 && (low === 0 || high === 27))).toBe(true);
      }
    }
  });

  test('the fraction of noisy images is what is asked for', () => {
    const indices = Array.from({ length: 400 }, (_, index) => index);
    const examples = { shape: [400, 2, 2, 1], x: new Float32Array(1600), labels: new Int32Array(400) };
    const x = noisy({ fraction: 0.25 }, indices, examples);
    const count = indices.filter((index) => x[index * 4] !== 0).length;
    expect(Math.abs(count / 400 - 0.25)).toBeLessThan(5 * Math.sqrt((0.25 * 0.75) / 400));
  });

  test('clip cuts off at the bounds', () => {
    const x = noisy({ sigma: 3, clip: true });
    expect(Math.min(...x)).toBe(0);
    expect(Math.max(...x)).toBe(1);
  });

  test('patches need images', () => {
    const flat = { shape: [2, 16], x: new Float32Array(32), labels: Int32Array.of(0, 1) };
    expect(() => noisy({ type: 'patch-gaussian' }, [0, 1], flat)).toThrow(/images/);
  });
});
