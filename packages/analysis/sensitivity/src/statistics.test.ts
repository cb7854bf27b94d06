import { expect, test } from 'vitest';
import { mapCorrelation, meanOf } from './statistics.js';

test('maps correlate by ranks', () => {
  // ranks 1 2 3 4 and 1 3 2 4: covariance 4/4, variances 5/4: 0.8.
  expect(mapCorrelation([1, 2, 30, 400], [1, 3, 2, 4])).toBeCloseTo(0.8, 12);
});

test('a constant map correlates with nothing', () => {
  expect(mapCorrelation([1, 1, 1], [1, 2, 3])).toBe(0);
});

test('the mean of nothing is not a number', () => {
  expect(meanOf([1, 2, 6])).toBe(3);
  expect(meanOf([])).toBeNaN();
});
