import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expectError } from '../../test/errors.js';
import { accuracy } from './accuracy.js';
import { confusion } from './confusion.js';

const runs = { numRuns: 100, seed: 1 };
const one = fc.integer({ min: 0, max: 3 });
const pairs = fc.array(fc.tuple(one, one), { minLength: 1, maxLength: 30 });
const judged = (values: readonly (readonly [number, number])[]) => ({
  labels: values.map(([label]) => label),
  predictions: Uint8Array.from(values, ([, prediction]) => prediction),
});

describe('confusion', () => {
  test('marks what the examples do not define and leaves it out of means', () => {
    const result = confusion({ labels: [0, 0, 1, 1], predictions: [0, 3, 0, 0] }, { classes: 5 });
    expect(result.matrix[0]).toEqual([1, 0, 0, 1, 0]);
    expect(result.recall).toEqual([0.5, 0, NaN, NaN, NaN]);
    expect(result.precision).toEqual([1 / 3, NaN, NaN, 0, NaN]);
    expect(result.f1).toEqual([2 / 5, 0, NaN, 0, NaN]);
    expect(result.balancedAccuracy).toBe(0.25);
    expect(result.macroF1).toBeCloseTo(0.4 / 3, 12);
  });

  test('counts each example once, and f1 is the harmonic mean of recall and precision', () => {
    fc.assert(
      fc.property(pairs, (values) => {
        const { labels, predictions } = judged(values);
        const result = confusion({ labels, predictions }, { classes: 4 });
        result.matrix.forEach((row, truth) => {
          expect(row.reduce((sum, count) => sum + count, 0)).toBe(labels.filter((label) => label === truth).length);
          const [recall, precision] = [result.recall[truth]!, result.precision[truth]!];
          if (recall > 0) expect(result.f1[truth]).toBeCloseTo(2 / (1 / recall + 1 / precision), 12);
        });
        expect(result.accuracy).toBe(accuracy({ labels, predictions }));
      }),
      runs,
    );
  });

  test('is transposed when labels and predictions change places', () => {
    fc.assert(
      fc.property(pairs, (values) => {
        const { labels, predictions } = judged(values);
        const result = confusion({ labels, predictions }, { classes: 4 });
        const swapped = confusion({ labels: predictions, predictions: labels }, { classes: 4 });
        expect(swapped.matrix).toEqual(result.matrix.map((_, row) => result.matrix.map((other) => other[row])));
        expect(swapped.recall).toEqual(result.precision);
        expect(swapped.f1).toEqual(result.f1);
      }),
      runs,
    );
  });

  test('does not depend on the order of examples, nor its means on the names of classes', () => {
    fc.assert(
      fc.property(pairs, (values) => {
        const result = confusion(judged(values), { classes: 4 });
        expect(confusion(judged([...values].reverse()), { classes: 4 })).toEqual(result);
        const renamed = confusion(judged(values.map(([a, b]) => [3 - a, 3 - b] as const)), { classes: 4 });
        expect(renamed.macroF1).toBeCloseTo(result.macroF1, 12);
        expect(renamed.balancedAccuracy).toBeCloseTo(result.balancedAccuracy, 12);
      }),
      runs,
    );
  });

  test('refuses labels out of range, other lengths, no examples and no classes', async () => {
    const run = (labels: number[], predictions: number[], classes: number) => () =>
      confusion({ labels, predictions }, { classes });
    await expectError(run([0, 2], [0, 0], 2), 'EQUIPOISE_DATA', /"labels" has the label 2 at index 1; .* 0 to 1/);
    await expectError(run([0], [-1], 2), 'EQUIPOISE_DATA', /"predictions" has the label -1/);
    await expectError(run([0], [0, 1], 2), 'EQUIPOISE_SHAPE', /predictions has shape \[2\]; expected \[1\]/);
    await expectError(run([], [], 2), 'EQUIPOISE_DATA', /at least one example/);
    await expectError(run([0], [0], NaN), 'EQUIPOISE_INVALID_OPTIONS', /classes/);
  });
});

describe('accuracy', () => {
  test('refuses what is no class', async () => {
    const refuse = (labels: number[], predictions: number[], code: string, message: RegExp) =>
      expectError(() => accuracy({ labels, predictions }), code, message);
    await refuse([], [], 'EQUIPOISE_DATA', /at least one example/);
    await refuse([0], [], 'EQUIPOISE_SHAPE', /predictions/);
    await refuse([0, NaN], [0, NaN], 'EQUIPOISE_DATA', /NaN at index 1/);
  });
});
