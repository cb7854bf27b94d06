import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expectError } from '../../test/errors.js';
import { calibration, type JudgedLogits } from './calibration.js';

const runs = { numRuns: 60, seed: 1 };

const judged: fc.Arbitrary<JudgedLogits> = fc.integer({ min: 1, max: 12 }).chain((count) =>
  fc.record({
    logits: fc.array(fc.double({ min: -8, max: 8, noNaN: true }), { minLength: 3 * count, maxLength: 3 * count }),
    labels: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: count, maxLength: count }),
    shape: fc.constant([count, 3] as const),
  }),
);

describe('calibration', () => {
  test('of equal logits: confidence 1/classes, and the first class is predicted', () => {
    const result = calibration({ logits: [0, 0, 0, 0], shape: [2, 2], labels: [0, 1] }, { bins: 2 });
    expect(result.bins).toEqual([
      { low: 0, high: 0.5, count: 2, accuracy: 0.5, confidence: 0.5 },
      { low: 0.5, high: 1, count: 0, accuracy: 0, confidence: 0 },
    ]);
    expect(result.expectedCalibrationError).toBe(0);
    expect(result.brierScore).toBe(0.5);
    expect(result.negativeLogLikelihood).toBeCloseTo(Math.LN2, 15);
  });

  test('of certainty: right costs nothing, wrong costs its logit, however large', () => {
    const right = calibration({ logits: [2000, -2000], shape: [1, 2], labels: [0] });
    expect([right.expectedCalibrationError, right.brierScore, right.negativeLogLikelihood]).toEqual([0, 0, 0]);
    const wrong = calibration({ logits: [2000, -2000], shape: [1, 2], labels: [1] });
    expect([wrong.maximumCalibrationError, wrong.brierScore, wrong.negativeLogLikelihood]).toEqual([1, 2, 4000]);
  });

  test('with one bin the error is |accuracy − mean confidence|, and no more bins make it smaller', () => {
    fc.assert(
      fc.property(judged, (one) => {
        const single = calibration(one, { bins: 1 });
        const [bin] = single.bins;
        expect(single.expectedCalibrationError).toBeCloseTo(Math.abs(bin!.accuracy - bin!.confidence), 12);
        for (const bins of [2, 15]) {
          const result = calibration(one, { bins });
          expect(result.expectedCalibrationError).toBeGreaterThanOrEqual(single.expectedCalibrationError - 1e-12);
          expect(result.expectedCalibrationError).toBeLessThanOrEqual(result.maximumCalibrationError + 1e-12);
          expect(result.maximumCalibrationError).toBeLessThanOrEqual(1);
          expect(result.bins.reduce((sum, { count }) => sum + count, 0)).toBe(one.shape[0]);
          for (const { low, high, count, confidence } of result.bins) {
            if (count === 0) continue;
            expect(confidence).toBeGreaterThan(low - 1e-12);
            expect(confidence).toBeLessThanOrEqual(high + 1e-12);
          }
        }
      }),
      runs,
    );
  });

  test('does not depend on the order of examples, and hardly on a constant that is added to all logits', () => {
    const scores = ({ bins, ...numbers }: ReturnType<typeof calibration>) => [bins.length, ...Object.values(numbers)];
    fc.assert(
      fc.property(judged, (one) => {
        const values = Array.from(one.logits);
        const turned = Array.from(one.labels, (_, row) => values.slice(3 * row, 3 * row + 3)).reverse();
        const backwards = { ...one, logits: turned.flat(), labels: Array.from(one.labels).reverse() };
        const before = scores(calibration(one, { bins: 1 }));
        scores(calibration(backwards, { bins: 1 })).forEach((value, index) =>
          expect(value).toBeCloseTo(before[index]!, 12),
        );
        const moved = { ...one, logits: Float64Array.from(values, (value) => value + 64) };
        expect(calibration(moved, { bins: 1 }).negativeLogLikelihood).toBeCloseTo(before.at(-1)!, 10);
      }),
      runs,
    );
  });

  test('refuses logits that are not finite, labels out of range and shapes that do not fit', async () => {
    const right = { logits: [1, 2, 3, 4], shape: [2, 2] as const, labels: [0, 1] };
    const refuse = (change: object, code: string, message: RegExp) =>
      expectError(() => calibration({ ...right, ...change }), code, message);
    await refuse({ logits: [1, 2, 3, NaN] }, 'EQUIPOISE_NUMERICAL', /example 1 hold NaN for class 1/);
    await refuse({ logits: [Infinity, 2, 3, 4] }, 'EQUIPOISE_NUMERICAL', /example 0 hold Infinity for class 0/);
    await refuse({ labels: [0, 2] }, 'EQUIPOISE_DATA', /"labels" has the label 2/);
    await refuse({ labels: [0] }, 'EQUIPOISE_SHAPE', /labels has shape \[1\]; expected \[2\]/);
    await refuse({ logits: [1, 2, 3] }, 'EQUIPOISE_SHAPE', /\[3\]; expected \[4\]/);
    await refuse({ logits: [], shape: [0, 2], labels: [] }, 'EQUIPOISE_DATA', /at least one example/);
    await expectError(() => calibration(right, { bins: 0 }), 'EQUIPOISE_INVALID_OPTIONS', /bins/);
  });
});
