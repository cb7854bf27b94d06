import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pearson, ranks, spearman } from './statistics.js';

test('equal values share the mean of their ranks', () => {
  expect([...ranks([10, 20, 20, 5])]).toEqual([2, 3.5, 3.5, 1]);
});

test('Pearson of a textbook example', () => {
  // x = 1..4, y = 1, 3, 2, 4: covariance 4/4, variances 5/4: r = 0.8.
  expect(pearson([1, 2, 3, 4], [1, 3, 2, 4])).toBeCloseTo(0.8, 12);
});

test('a constant has no correlation', () => {
  expect(spearman([1, 1, 1], [1, 2, 3])).toBe(0);
});

test('Spearman does not see increasing transformations, and turns its sign with decreasing ones', () => {
  const values = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 3, maxLength: 30 });
  fc.assert(
    fc.property(values, values, (a, b) => {
      const length = Math.min(a.length, b.length);
      const [x, y] = [a.slice(0, length), b.slice(0, length)];
      const rho = spearman(x, y);
      expect(
        spearman(
          x.map((value) => Math.exp(value / 20)),
          y,
        ),
      ).toBeCloseTo(rho, 10);
      expect(
        spearman(
          x.map((value) => -value),
          y,
        ),
      ).toBeCloseTo(-rho, 10);
    }),
    { seed: 1 },
  );
});
