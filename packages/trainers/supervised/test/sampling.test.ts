import { createRng } from '@equipoise/kit';
import { withNoise } from '../src/augmentation.js';
import { epochOrder } from '../src/sampling.js';
import { chanceOf, isAtChance } from '../src/stuck.js';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const range = (size: number) => Int32Array.from({ length: size }, (_, index) => index);

describe('the order of an epoch', () => {
  test('shuffle is a permutation of the given indices and a pure function of seed and epoch', () => {
    const subset = fc.uniqueArray(fc.nat(500), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(subset, fc.nat(), fc.nat(20), (chosen, seed, epoch) => {
        const examples = { indices: Int32Array.from(chosen), labels: new Int32Array(501) };
        const order = epochOrder(examples, 'shuffle', createRng(seed), epoch);
        expect([...order].sort()).toEqual([...examples.indices].sort());
        expect(epochOrder(examples, 'shuffle', createRng(seed), epoch)).toEqual(order);
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  const labels = Int32Array.from({ length: 1000 }, (_, index) => (index % 50 === 0 ? 2 : index % 2));
  const examples = { indices: range(1000), labels };

  test('class-balanced visits every class equally often, however rare', () => {
    const order = epochOrder(examples, 'class-balanced', createRng(1), 0);
    expect(order).toHaveLength(1000);
    const counts = [0, 1, 2].map((label) => order.filter((index) => labels[index] === label).length);
    // Five standard deviations of a count of 1000 draws at 1/3.
    for (const count of counts) expect(Math.abs(count - 1000 / 3)).toBeLessThan(5 * Math.sqrt((1000 * 2) / 9));
  });

  test('class-balanced uses every example of a class before it repeats one', () => {
    const order = epochOrder(examples, 'class-balanced', createRng(1), 0);
    const rare = [...order].filter((index) => labels[index] === 2).slice(0, 20);
    expect(new Set(rare).size).toBe(20);
  });

  test('class-balanced draws only from the given indices', () => {
    const part = { indices: range(100), labels };
    expect(Math.max(...epochOrder(part, 'class-balanced', createRng(1), 3))).toBeLessThan(100);
  });
});

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

describe('chance', () => {
  test('is log(classes) and 1/classes where classes are equally frequent', () => {
    const chance = chanceOf(Int32Array.from({ length: 40 }, (_, index) => index % 4));
    expect(chance.crossEntropy).toBeCloseTo(Math.log(4), 12);
    expect(chance.accuracy).toBe(0.25);
  });

  test('is the entropy and the frequency of the most frequent class otherwise', () => {
    const chance = chanceOf([0, 0, 0, 1]);
    expect(chance.crossEntropy).toBeCloseTo(0.75 * Math.log(4 / 3) + 0.25 * Math.log(4), 12);
    expect(chance.accuracy).toBe(0.75);
  });

  test('needs both a loss and an accuracy of chance', () => {
    const chance = { crossEntropy: Math.log(10), accuracy: 0.1 };
    expect(isAtChance({ crossEntropy: 2.3, accuracy: 0.11 }, chance, 500)).toBe(true);
    expect(isAtChance({ crossEntropy: 2.3, accuracy: 0.2 }, chance, 500)).toBe(false);
    expect(isAtChance({ crossEntropy: 2.0, accuracy: 0.1 }, chance, 500)).toBe(false);
    expect(isAtChance({ crossEntropy: 0, accuracy: 1 }, { crossEntropy: 0, accuracy: 1 }, 500)).toBe(false);
  });
});
