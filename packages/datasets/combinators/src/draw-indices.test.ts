import { createRng } from '@equipoise/kit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { apportion, complement, drawIndices } from './draw-indices.js';

const labelsAndCount = fc
  .array(fc.nat(4), { minLength: 1, maxLength: 60 })
  .chain((labels) => fc.record({ labels: fc.constant(labels), count: fc.integer({ min: 1, max: labels.length }) }));

describe('apportion', () => {
  test('rounds by largest remainder, the first of equal ones', () => {
    expect(apportion([50, 30, 20], 10)).toEqual([5, 3, 2]);
    expect(apportion([1, 1, 1], 2)).toEqual([1, 1, 0]);
    // Quotas 0.5, 2.8 and 0.7: the two missing go to the remainders 0.8 and 0.7.
    expect(apportion([5, 28, 7], 4)).toEqual([0, 3, 1]);
  });

  test('sums to the total and stays within one of the quota and within the sizes', () => {
    fc.assert(
      fc.property(labelsAndCount, ({ labels, count }) => {
        const sizes = labels.map((label) => label + 1);
        const sum = sizes.reduce((a, b) => a + b, 0);
        const shares = apportion(sizes, count);
        expect(shares.reduce((a, b) => a + b, 0)).toBe(count);
        shares.forEach((share, index) => {
          expect(Math.abs(share - ((sizes[index] as number) * count) / sum)).toBeLessThan(1);
          expect(share).toBeLessThanOrEqual(sizes[index] as number);
        });
      }),
      { seed: 1 },
    );
  });
});

describe('drawIndices', () => {
  test('draws as many as asked for, each once, in ascending order, the same ones again', () => {
    fc.assert(
      fc.property(labelsAndCount, fc.boolean(), fc.nat(), ({ labels, count }, stratified, seed) => {
        const draw = () => Array.from(drawIndices(createRng(seed), Int32Array.from(labels), count, stratified));
        const drawn = draw();
        expect(drawn).toHaveLength(count);
        expect(drawn).toEqual([...new Set(drawn)].sort((a, b) => a - b));
        expect(drawn.every((index) => index >= 0 && index < labels.length)).toBe(true);
        expect(draw()).toEqual(drawn);
      }),
      { seed: 2 },
    );
  });

  test('gives each class its share where it is stratified', () => {
    fc.assert(
      fc.property(labelsAndCount, ({ labels, count }) => {
        const drawn = drawIndices(createRng(3), Int32Array.from(labels), count, true);
        for (const label of new Set(labels)) {
          const size = labels.filter((one) => one === label).length;
          const share = Array.from(drawn).filter((index) => labels[index] === label).length;
          expect(Math.abs(share - (size * count) / labels.length)).toBeLessThan(1);
        }
      }),
      { seed: 3 },
    );
  });

  test('draws every example as often', () => {
    const hits = new Array(10).fill(0);
    for (let seed = 0; seed < 2000; seed++) {
      for (const index of drawIndices(createRng(seed), new Int32Array(10), 3, false)) hits[index] += 1;
    }
    // Binomial with n = 2000, p = 0.3: mean 600, standard deviation 20.5; five of them, the seeds are fixed.
    for (const count of hits) expect(Math.abs(count - 600)).toBeLessThan(103);
  });

  test('draws a part of what it draws for more', () => {
    const labels = new Int32Array(50);
    const many = new Set(drawIndices(createRng(5), labels, 20, false));
    expect(Array.from(drawIndices(createRng(5), labels, 8, false)).every((index) => many.has(index))).toBe(true);
  });
});

test('complement holds the other indices in ascending order', () => {
  expect(Array.from(complement(Int32Array.of(4, 0, 2), 6))).toEqual([1, 3, 5]);
});
