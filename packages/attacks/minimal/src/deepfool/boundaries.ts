import {
  type Evaluator,
  logitObjectives,
  margin,
  problemEvaluator,
  rowsOfLabels,
  type Slope,
  verdict,
} from '@equipoise/ascent';
import { valueAndVjps } from '@equipoise/autodiff';
import { scoring, oneHotLabels, tidied } from '@equipoise/kit';
import { type AttackProblem, UnsupportedError } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { likeliestOthers } from '../candidates.js';

/** What DeepFool sees: for each of some boundaries how far the sample is on its wrong side, and where that grows. */
export interface Boundaries extends Slope {
  /** f_k, zero on the boundary, `[batch, boundaries]`. */
  readonly differences: tf.Tensor2D;
  /** The gradients of f_k, `[batch, boundaries, …]`. */
  readonly gradients: tf.Tensor;
}

/** An evaluator that gives {@link Boundaries}. */
export interface BoundaryEvaluator extends Evaluator {
  slope(...args: Parameters<Evaluator['slope']>): Boundaries;
}

/** The boundary at which a value is zero. */
export function oneBoundary(evaluator: Evaluator): BoundaryEvaluator {
  return {
    look: (x, place) => evaluator.look(x, place),
    slope: (x, place) =>
      tidied(() => {
        const seen = evaluator.slope(x, place);
        const differences = tf.expandDims(seen.values, 1) as tf.Tensor2D;
        return { ...seen, differences, gradients: tf.expandDims(seen.gradients, 1) };
      }),
  };
}

/**
 * The boundaries z_k = z_y to the classes k that are likeliest beside the label, from one forward pass.
 *
 * @param problem what is attacked
 * @param candidates how many classes, if there are so many
 * @throws UnsupportedError from `slope` if the model gives no logits
 */
export function allBoundaries(problem: AttackProblem, candidates: number): BoundaryEvaluator {
  const { model, criterion } = problem;
  const plain = problemEvaluator(problem, { objective: logitObjectives.margin });
  const forward = (x: tf.Tensor) => {
    const { logits } = model.forward(x, scoring);
    if (!logits) throw new UnsupportedError('DeepFool', 'logits', 'the model');
    return logits;
  };
  return {
    look: (x, place) => plain.look(x, place),
    slope: (x, { rows }) =>
      tidied(() => {
        const labels = rowsOfLabels(problem.labels, rows);
        const vectors = (logits: tf.Tensor) => {
          const oneHot = (classes: tf.Tensor) => oneHotLabels(classes, logits.shape[1] ?? 0);
          const others = tf.unstack(likeliestOthers(logits as tf.Tensor2D, labels, candidates), 1);
          return others.map((classes) => tf.sub(oneHot(classes), oneHot(labels)));
        };
        const { value, products } = valueAndVjps(forward, x, vectors);
        const logits = value as tf.Tensor2D;
        const differences = tf.stack(
          vectors(logits).map((vector) => tf.sum(tf.mul(vector, logits), 1)),
          1,
        );
        return {
          values: margin(logits, labels),
          success: criterion ? (tf.cast(criterion(x, rows), 'bool') as tf.Tensor1D) : verdict(logits, labels),
          differences: differences as tf.Tensor2D,
          gradients: tf.stack(tf.unstack(products), 1),
        };
      }),
  };
}
