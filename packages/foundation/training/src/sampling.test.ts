import { createRng } from '@equipoise/kit';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { epochOrder } from './sampling.js';
import { chanceOf, isAtChance } from './stuck.js';

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
