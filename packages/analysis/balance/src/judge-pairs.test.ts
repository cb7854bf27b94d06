import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgePairs, meanBalance } from './judge-pairs.js';

// Six images: centres 0, 1, 4 (label moves to 10, 11, 14 with a corner), 5, 7, 9 (label stays).
const labelsWithout = [0, 1, 4, 5, 7, 9];
const labelsWith = [10, 11, 14, 5, 7, 9];

describe('judgePairs', () => {
  test('counts by hand', () => {
    const predictedWithout = [0, 11, 4, 5, 7, 1];
    const predictedWith = [10, 11, 4, 5, 2, 9];
    const { rates } = judgePairs({ labelsWithout, labelsWith, predictedWithout, predictedWith });
    expect(rates.flip).toBeCloseTo(1 / 3);
    expect(rates.stay).toBeCloseTo(1 / 3);
    expect(rates.balance).toBeCloseTo(1 / 3);
    expect(rates.falseFlip).toBeCloseTo(1 / 3);
    expect(rates.accuracy).toEqual({
      'changing-without': 2 / 3,
      'changing-with': 2 / 3,
      'keeping-without': 2 / 3,
      'keeping-with': 2 / 3,
    });
  });

  test('a constant prediction gets no credit for not moving', () => {
    const constant = labelsWithout.map(() => 3);
    const { rates } = judgePairs({ labelsWithout, labelsWith, predictedWithout: constant, predictedWith: constant });
    expect([rates.flip, rates.stay, rates.balance]).toEqual([0, 0, 0]);
  });

  test('perfect predictions have every rate at one and no false flip', () => {
    const { rates } = judgePairs({
      labelsWithout,
      labelsWith,
      predictedWithout: labelsWithout,
      predictedWith: labelsWith,
    });
    expect([rates.flip, rates.stay, rates.balance, rates.falseFlip]).toEqual([1, 1, 1, 0]);
  });

  test('a rate of pairs never exceeds the accuracy of either of its groups', () => {
    const prediction = fc.array(fc.integer({ min: 0, max: 14 }), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(prediction, prediction, (predictedWithout, predictedWith) => {
        const { rates } = judgePairs({ labelsWithout, labelsWith, predictedWithout, predictedWith });
        expect(rates.flip).toBeLessThanOrEqual(
          Math.min(rates.accuracy['changing-without'], rates.accuracy['changing-with']),
        );
        expect(rates.stay).toBeLessThanOrEqual(
          Math.min(rates.accuracy['keeping-without'], rates.accuracy['keeping-with']),
        );
        expect(rates.falseFlip).toBeLessThanOrEqual(1 - rates.accuracy['changing-without']);
      }),
      { seed: 1 },
    );
  });
});

describe('meanBalance', () => {
  const changing = Uint8Array.from([1, 1, 0, 0]);

  test('averages balance over noise levels', () => {
    const levels = [
      { both: Uint8Array.from([1, 1, 1, 1]), changing },
      { both: Uint8Array.from([1, 0, 1, 1]), changing },
    ];
    expect(meanBalance(levels).mean).toBeCloseTo((1 + (0.5 + 1) / 2) / 2);
  });

  test('has the standard error of two group means', () => {
    const levels = [{ both: Uint8Array.from([1, 0, 1, 1]), changing }];
    // Group {1, 0} has variance 1/2, group {1, 1} none: sqrt((1/2)/2 + 0)/2 = 1/4.
    expect(meanBalance(levels).standardError).toBeCloseTo(0.25);
  });
});
