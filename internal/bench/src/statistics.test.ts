import fc from 'fast-check';
import { expect, test } from 'vitest';
import { median, summarize, toDigits } from './statistics.js';

test('the median is the middle value, or the mean of the two middle ones, whatever the order', () => {
  expect(median([7, 1, 3])).toBe(3);
  expect(median([10, 9, 1, 2])).toBe(5.5);
  expect(median([4])).toBe(4);
});

test('the median is not below the smallest nor above the largest value, and sorting does not change the input', () => {
  const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 });
  fc.assert(
    fc.property(values, (given) => {
      const copy = [...given];
      const middle = median(given);
      expect(given).toEqual(copy);
      expect(middle).toBeGreaterThanOrEqual(Math.min(...given));
      expect(middle).toBeLessThanOrEqual(Math.max(...given));
    }),
    { seed: 1 },
  );
});

test('a summary has five digits', () => {
  expect(summarize([1.23456789, 100, 2_345_678])).toEqual({ median: 100, min: 1.2346, max: 2_345_700, n: 3 });
  expect(toDigits(0.0123456, 3)).toBe(0.0123);
});
