import { crossEntropy } from '@equipoise/autodiff';
import * as tf from '@tensorflow/tfjs-core';
import { differenceOfLogitsRatio, targetedDifferenceOfLogitsRatio } from './difference-of-logits-ratio.js';
import { margin } from './margin.js';

/** What an attack on a classifier maximises, by name. */
export type LogitObjectiveName = 'cross-entropy' | 'margin' | 'difference-of-logits-ratio';

/** Something to maximise, computed from logits; with targets it grows as the target wins. */
export type LogitObjective = (logits: tf.Tensor2D, labels: tf.Tensor1D, targets?: tf.Tensor1D) => tf.Tensor1D;

/** The names of all objectives. */
export const logitObjectiveNames = ['cross-entropy', 'margin', 'difference-of-logits-ratio'] as const;

/**
 * The objectives of attacks on classifiers.
 *
 * - `cross-entropy`: log Σₖ exp zₖ − z_y; aimed: z_t − log Σₖ exp zₖ
 * - `margin`: max_{i≠y} z_i − z_y; aimed: z_t − max_{i≠t} z_i (Carlini and Wagner 2017, f₆, without its cut-off)
 * - `difference-of-logits-ratio`: Croce and Hein 2020; aimed: its targeted form
 */
export const logitObjectives: Readonly<Record<LogitObjectiveName, LogitObjective>> = {
  'cross-entropy': (logits, labels, targets) =>
    targets ? (tf.neg(crossEntropy(logits, targets)) as tf.Tensor1D) : crossEntropy(logits, labels),
  margin: (logits, labels, targets) =>
    targets ? (tf.neg(margin(logits, targets)) as tf.Tensor1D) : margin(logits, labels),
  'difference-of-logits-ratio': (logits, labels, targets) =>
    targets ? targetedDifferenceOfLogitsRatio(logits, labels, targets) : differenceOfLogitsRatio(logits, labels),
};
