import { validateOptions } from '@equipoise/kit';
import * as z from 'zod';
import { requireClasses, requireExamples } from '../checks/arrays.js';
import type { Judged } from './accuracy.js';

const schema = z.strictObject({
  classes: z.int().positive().describe('Number of classes.'),
});

/** Options of {@link confusion}. */
export interface ConfusionOptions {
  /** Number of classes C; every label and prediction is below it. */
  readonly classes: number;
}

/**
 * Who was taken for whom, and the rates that follow. `NaN` marks a rate that the examples do not define, 0/0; means leave
 * such classes out.
 */
export interface Confusion {
  /** `matrix[true][predicted]`: the number of examples, C × C. */
  readonly matrix: readonly (readonly number[])[];
  /** The share of all examples that are right. */
  readonly accuracy: number;
  /** For each class, the share of its examples that are predicted as it; `NaN` for a class without examples. */
  readonly recall: readonly number[];
  /** For each class, the share of its predictions that are right; `NaN` for a class that is never predicted. */
  readonly precision: readonly number[];
  /**
   * For each class, 2·hits / (examples + predictions), the harmonic mean of recall and precision where both exist; 0 where
   * one of them does not, `NaN` for a class with neither examples nor predictions.
   */
  readonly f1: readonly number[];
  /** Mean recall over the classes that have examples. */
  readonly balancedAccuracy: number;
  /** Mean f1 over the classes that have examples or predictions. */
  readonly macroF1: number;
}

/**
 * The confusion matrix and the rates of each class.
 *
 * Empty rows and columns are treated as scikit-learn's `balanced_accuracy_score` and `f1_score(average: "macro")` treat
 * them; it gives 0 for an undefined recall or precision, where this gives `NaN`.
 *
 * @throws InvalidOptionsError unless `classes` is a whole number above 0
 * @throws ShapeError if there is not one prediction for each label
 * @throws DataError if there are no examples, or a label or prediction is not one of the classes
 */
export function confusion({ labels, predictions }: Judged, options: ConfusionOptions): Confusion {
  const { classes } = validateOptions(schema, 'confusion', options);
  const count = labels.length;
  requireExamples('confusion', count);
  requireClasses('labels', labels, count, classes);
  requireClasses('predictions', predictions, count, classes);

  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let index = 0; index < count; index++) {
    const row = matrix[labels[index] as number] as number[];
    row[predictions[index] as number] = (row[predictions[index] as number] as number) + 1;
  }
  const hits = matrix.map((row, one) => row[one] as number);
  const examples = matrix.map(sum);
  const predicted = hits.map((_, one) => sum(matrix.map((row) => row[one] as number)));
  const recall = hits.map((hit, one) => hit / (examples[one] as number));
  const precision = hits.map((hit, one) => hit / (predicted[one] as number));
  const f1 = hits.map((hit, one) => (2 * hit) / ((examples[one] as number) + (predicted[one] as number)));
  return {
    matrix,
    accuracy: sum(hits) / count,
    recall,
    precision,
    f1,
    balancedAccuracy: meanOfDefined(recall),
    macroF1: meanOfDefined(f1),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function meanOfDefined(values: readonly number[]): number {
  const defined = values.filter((value) => !Number.isNaN(value));
  return sum(defined) / defined.length;
}
