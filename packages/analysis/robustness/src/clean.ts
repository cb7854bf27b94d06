import { batchTensors, checkLabels, classify, looksLikeProbabilities, requireSplit } from '@equipoise/kit';
import { DataError, type RunContext, type Split, type Subject } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import type { ResolvedRobustnessOptions } from './options.js';

/** The samples that are evaluated, and what the model says about them before any attack. */
export interface Clean {
  /** Where they come from; sample i has index i there. */
  readonly split: Split;
  /** How many. */
  readonly count: number;
  /** Their classes. */
  readonly labels: Int32Array;
  /** The predicted classes. */
  readonly predictions: Int32Array;
  /** 1 where the prediction is right. */
  readonly correct: Uint8Array;
  /** All rows of logits sum to one. */
  readonly probabilities: boolean;
  /** The first batch gave the same logits twice. */
  readonly deterministic: boolean;
}

/**
 * Runs the model over the samples.
 *
 * @throws DataError if the split is missing or empty, or a label is not one of the classes
 * @throws NumericalError if a logit is NaN or infinite
 */
export async function classifyClean(
  { model, dataset }: Subject,
  options: Pick<ResolvedRobustnessOptions, 'split' | 'samples' | 'batchSize'>,
  { signal }: RunContext,
): Promise<Clean> {
  requireSplit(dataset.info, options.split);
  const split = await dataset.split(options.split);
  const count = Math.min(options.samples ?? split.size, split.size);
  if (count === 0) throw new DataError(`The split "${options.split}" is empty; there is nothing to attack.`);
  const labels = split.labels.slice(0, count);
  checkLabels(labels, model.classes ?? Infinity, `Split "${options.split}"`);
  const predictions = new Int32Array(count);
  let [probabilities, deterministic] = [true, true];
  for (let begin = 0; begin < count; begin += options.batchSize) {
    signal?.throwIfAborted();
    const indices = indicesFrom(begin, Math.min(options.batchSize, count - begin));
    const { x, labels: unused } = batchTensors(await split.examples(indices));
    try {
      const { classes, logits } = await classify(model, x, begin);
      predictions.set(classes, begin);
      probabilities &&= looksLikeProbabilities(logits, logits.length / indices.length);
      if (begin === 0) {
        const again = (await classify(model, x, begin)).logits;
        deterministic = logits.every((value, index) => value === again[index]);
      }
    } finally {
      tf.dispose([x, unused]);
    }
  }
  const correct = Uint8Array.from(predictions, (predicted, index) => Number(predicted === labels[index]));
  return { split, count, labels, predictions, correct, probabilities, deterministic };
}

/** `begin`, `begin + 1`, …; `count` of them. */
export function indicesFrom(begin: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => begin + index);
}
