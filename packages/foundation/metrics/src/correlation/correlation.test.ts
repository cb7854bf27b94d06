import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expectError } from '../../test/errors.js';
import { pearson, spearman } from './correlation.js';
import { ranks } from './ranks.js';

const runs = { numRuns: 100, seed: 1 };

/** Few different values, so that there are ties; multiples of 1/8, so that sums are exact. */
const value = fc.integer({ min: -24, max: 24 }).map((one) => one / 8);
const pairs = fc.array(fc.tuple(value, value), { minLength: 2, maxLength: 25 });
const split = (values: readonly (readonly [number, number])[]) =>
  [values.map(([a]) => a), values.map(([, b]) => b)] as const;

/** Equal, or both NaN. */
function expectSame(actual: number, expected: number): void {
  if (Number.isNaN(expected)) expect(actual).toBeNaN();
  else expect(actual).toBeCloseTo(expected, 10);
}

describe('ranks', () => {
  test('equal values share the mean of their ranks; infinities are the ends', () => {
    expect([...ranks([2, -Infinity, 2, Infinity, Infinity])]).toEqual([2.5, 1, 2.5, 4.5, 4.5]);
    expect([...ranks([-0, 0])]).toEqual([1.5, 1.5]);
    expect([...ranks([])]).toEqual([]);
  });

  test('are 1 + the number of smaller values + half the number of other equals', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 20 }), (values) => {
        const counted = values.map((one) => {
          const smaller = values.filter((other) => other < one).length;
          return 1 + smaller + (values.filter((other) => other === one).length - 1) / 2;
        });
        expect([...ranks(values)]).toEqual(counted);
      }),
      runs,
    );
  });
});

describe('spearman', () => {
  test('does not change under rising maps of either side, and turns its sign under a falling one', () => {
    fc.assert(
      fc.property(pairs, (values) => {
        const [a, b] = split(values);
        const before = spearman(a, b);
        expectSame(spearman(a.map(Math.exp), b), before);
        expectSame(
          spearman(
            a,
            b.map((one) => one ** 3 - 7),
          ),
          before,
        );
        expectSame(
          spearman(
            a.map((one) => -one),
            b,
          ),
          -before,
        );
      }),
      runs,
    );
  });

  test('is 1 for any rising function, infinities included', () => {
    expect(spearman([1, 2, 3, 4], [-Infinity, 0, 5, Infinity])).toBe(1);
  });
});

describe('pearson', () => {
  test('does not change under rising lines, at any scale', () => {
    fc.assert(
      fc.property(pairs, fc.constantFrom(1e-200, 0.5, 1e307), (values, scale) => {
        const [a, b] = split(values);
        expectSame(
          pearson(
            a.map((one) => one * scale),
            b,
          ),
          pearson(a, b),
        );
        expectSame(
          pearson(
            a.map((one) => 3 * one + 2),
            b,
          ),
          pearson(a, b),
        );
      }),
      runs,
    );
  });

  test('does not overflow where the sum of the values would', () => {
    expect(pearson([1e308, 1.2e308, 1.4e308], [1, 2, 3])).toBeCloseTo(1, 12);
  });

  test('is symmetric, within [−1, 1], and does not depend on the order of examples', () => {
    fc.assert(
      fc.property(pairs, (values) => {
        const [a, b] = split(values);
        const [backA, backB] = split([...values].reverse());
        for (const correlation of [pearson, spearman]) {
          const result = correlation(a, b);
          expectSame(correlation(b, a), result);
          expectSame(correlation(backA, backB), result);
          expect(Math.abs(result) > 1).toBe(false);
        }
      }),
      runs,
    );
  });

  test('is undefined where one side is constant, also where its mean is rounded', () => {
    expect(pearson([0.1, 0.1, 0.1, 0.1, 0.1, 0.1], [1, 2, 3, 4, 5, 7])).toBeNaN();
    expect(pearson([1, 2, 3], [0, 0, 0])).toBeNaN();
    expect(spearman([1, 2, 3], [7, 7, 7])).toBeNaN();
    expect(pearson([1], [2])).toBeNaN();
  });
});

test('other lengths, no values and values that are none are refused', async () => {
  for (const correlation of [pearson, spearman]) {
    await expectError(() => correlation([1, 2], [1]), 'EQUIPOISE_SHAPE', /b has shape \[1\]; expected \[2\]/);
    await expectError(() => correlation([], []), 'EQUIPOISE_DATA', /at least one example/);
    await expectError(() => correlation([1, NaN], [1, 2]), 'EQUIPOISE_DATA', /NaN at index 1/);
  }
  await expectError(() => pearson([1, 2], [1, Infinity]), 'EQUIPOISE_DATA', /"b" holds Infinity at index 1/);
});
