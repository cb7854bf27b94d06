import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expectError } from '../../test/errors.js';
import { curveArea, robustAccuracyCurve } from './curve.js';
import { median, medianDistances } from './median.js';

const runs = { numRuns: 100, seed: 1 };
const distance = fc.oneof(fc.double({ min: 0, max: 2, noNaN: true }), fc.constantFrom(0, Infinity));
const distances = fc.array(distance, { minLength: 1, maxLength: 20 });
const radii = fc
  .uniqueArray(fc.double({ min: 0, max: 3, noNaN: true }).map(Math.fround), { minLength: 1, maxLength: 8 })
  .map((values) => values.sort((a, b) => a - b));

describe('robustAccuracyCurve', () => {
  test('counts the distances above eps; a distance of eps itself is not robust', () => {
    const curve = robustAccuracyCurve([0, 0.5, 1, Infinity], [0, 0.5, 1, 9]);
    expect(curve.robustAccuracy).toEqual([0.75, 0.5, 0.25, 0.25]);
    expect(curve.area).toBeCloseTo(0.3125 + 0.1875 + 2, 12);
    expect(curve.normalizedArea).toBeCloseTo(2.5 / 9, 12);
  });

  test('never rises with eps, with slack or with a smaller distance, and its mean height is between its ends', () => {
    fc.assert(
      fc.property(distances, radii, (values, eps) => {
        const curve = robustAccuracyCurve(values, eps);
        const heights = curve.robustAccuracy;
        const loose = robustAccuracyCurve(values, eps, { slack: 0.1 }).robustAccuracy;
        const nearer = robustAccuracyCurve(
          values.map((one) => one / 2),
          eps,
        ).robustAccuracy;
        heights.forEach((height, index) => {
          expect(height).toBeLessThanOrEqual(heights[index - 1] ?? 1);
          expect(loose[index]).toBeLessThanOrEqual(height);
          expect(nearer[index]).toBeLessThanOrEqual(height);
        });
        expect(curve.normalizedArea).toBeLessThanOrEqual(heights[0]! + 1e-12);
        expect(curve.normalizedArea).toBeGreaterThanOrEqual(heights.at(-1)! - 1e-12);
      }),
      runs,
    );
  });

  test('does not depend on the order of samples', () => {
    fc.assert(
      fc.property(distances, radii, (values, eps) => {
        expect(robustAccuracyCurve([...values].reverse(), eps)).toEqual(robustAccuracyCurve(values, eps));
      }),
      runs,
    );
  });

  test('slack takes a rounding error of float32 for what it is', () => {
    const found = Float32Array.of(0.3);
    expect(robustAccuracyCurve(found, [0.3]).robustAccuracy).toEqual([1]);
    expect(robustAccuracyCurve(found, [0.3], { slack: 1e-6 }).robustAccuracy).toEqual([0]);
  });

  test('refuses distances and radii that are none', async () => {
    const refuse = (values: number[], eps: number[], message: RegExp) =>
      expectError(() => robustAccuracyCurve(values, eps), 'EQUIPOISE_DATA', message);
    await refuse([], [1], /at least one example/);
    await refuse([1], [], /at least one point/);
    await refuse([1, NaN], [1], /"distances" holds NaN at index 1; expected numbers >= 0/);
    await refuse([-1], [1], /"distances" holds -1/);
    await refuse([1], [-1], /"eps" holds -1/);
    await refuse([1], [0, 1, 1], /must ascend; 1 at index 2 follows 1/);
    await refuse([1], [0, Infinity], /finite/);
    await expectError(
      () => robustAccuracyCurve([1], [1], { slack: -1 }),
      'EQUIPOISE_INVALID_OPTIONS',
      /robustAccuracyCurve[^]*slack/,
    );
  });
});

describe('curveArea', () => {
  test('is exact for lines, and a single point is its own mean height', () => {
    expect(curveArea([1, 2, 4], [3, 5, 9])).toEqual({ area: 4 + 14, normalizedArea: 6 });
    expect(curveArea([7], [0.4])).toEqual({ area: 0, normalizedArea: 0.4 });
  });

  test('refuses values that are not finite, and a y for no x', async () => {
    await expectError(() => curveArea([0, 1], [1]), 'EQUIPOISE_SHAPE', /y has shape \[1\]; expected \[2\]/);
    await expectError(() => curveArea([0, 1], [1, NaN]), 'EQUIPOISE_DATA', /"y" holds NaN/);
  });
});

describe('medians', () => {
  test('of odd, even and no values', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median(Float32Array.of(4, 1, 2, 3))).toBe(2.5);
    expect(median([])).toBeNaN();
  });

  test('are infinite if a middle value is', () => {
    expect(median([0, 1, Infinity])).toBe(1);
    expect(median([1, Infinity])).toBe(Infinity);
    expect(median([0, 1, Infinity, Infinity])).toBe(Infinity);
    expect(median([Infinity, Infinity])).toBe(Infinity);
  });

  test('as many values are below as above', () => {
    fc.assert(
      fc.property(distances, (values) => {
        const middle = median(values);
        const below = values.filter((value) => value < middle).length;
        const above = values.filter((value) => value > middle).length;
        expect(Math.max(below, above)).toBeLessThanOrEqual(values.length / 2);
        expect(median([...values].reverse())).toBe(middle);
      }),
      runs,
    );
  });

  test('leave out samples that are wrong when clean, if they shall', () => {
    expect(medianDistances([0, 1, 3], [false, true, true])).toEqual({ all: 1, correct: 2 });
    expect(medianDistances([0], [0])).toEqual({ all: 0, correct: NaN });
  });

  test('refuse NaN, negative distances and flags for other samples', async () => {
    await expectError(() => median([1, NaN]), 'EQUIPOISE_DATA', /NaN at index 1/);
    await expectError(() => medianDistances([-1], [1]), 'EQUIPOISE_DATA', /-1 at index 0/);
    await expectError(() => medianDistances([1], [1, 1]), 'EQUIPOISE_SHAPE', /cleanCorrect/);
  });
});
