import { inputGradientsWith } from '@equipoise/autodiff';
import { scoring } from '@equipoise/kit';
import { type AttackProblem, UnsupportedError } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import type { Evaluator, Look, Place } from '../loop/contracts.js';
import type { LogitObjective } from '../objectives/logit-objective.js';

/** What an evaluator of a problem does beside the problem itself. */
export interface ProblemEvaluatorOptions {
  /** What is maximised if the problem has no objective of its own. */
  readonly objective: LogitObjective;
  /** Whether somebody looks at `success`: a problem with its own objective and no criterion then costs a second forward pass. Default true. */
  readonly judges?: boolean;
  /**
   * Classes that the objective aims at, int32, while the verdict stays the problem's: one a row of the caller's batch, or one for each input of
   * a place, which may differ between copies; absent: the problem's targets.
   */
  readonly aims?: tf.Tensor1D | ((place: Place) => tf.Tensor1D);
}

/**
 * Evaluates a problem: its own objective, else one of the logits; its own criterion, else that the target's class is predicted, else
 * that the label's is not. Value and verdict come from one forward pass, and the backward pass makes no gradients of weights.
 *
 * @param problem what is attacked
 * @param options what is maximised
 */
export function problemEvaluator(problem: AttackProblem, options: ProblemEvaluatorOptions): Evaluator {
  const look = (x: tf.Tensor, place: Place) => lookAt(problem, options, x, place);
  return {
    look: (x, place) => tf.tidy(() => look(x, place)),
    slope: (x, place) => inputGradientsWith((at) => look(at, place), x),
  };
}

type SeenLook = Look & Record<string, tf.Tensor>;

function lookAt(problem: AttackProblem, options: ProblemEvaluatorOptions, x: tf.Tensor, place: Place): SeenLook {
  const { objective, criterion, model } = problem;
  const { rows } = place;
  const judges = options.judges ?? true;
  if (objective && criterion) return { values: objective(x, rows), success: tf.cast(criterion(x, rows), 'bool') };
  if (objective && !judges) return { values: objective(x, rows), success: tf.zeros([x.shape[0] ?? 0], 'bool') };
  const { logits } = model.forward(x, scoring);
  if (!logits) throw new UnsupportedError('An attack without an objective and a criterion', 'logits', 'the model');
  const labels = rowsOfLabels(problem.labels, rows);
  const targets = problem.targets && rowsOfLabels(problem.targets, rows);
  const aims = aimsAt(options.aims, place) ?? targets;
  return {
    values: objective ? objective(x, rows) : options.objective(logits, labels, aims),
    success: criterion ? (tf.cast(criterion(x, rows), 'bool') as tf.Tensor1D) : verdict(logits, labels, targets),
  };
}

function aimsAt(aims: ProblemEvaluatorOptions['aims'], place: Place): tf.Tensor1D | undefined {
  return typeof aims === 'function' ? aims(place) : aims && rowsOfLabels(aims, place.rows);
}

/** Whether each sample is misclassified, or classified as its target. */
export function verdict(logits: tf.Tensor2D, labels: tf.Tensor1D, targets?: tf.Tensor1D): tf.Tensor1D {
  return tf.tidy(() => {
    const predicted = tf.argMax(logits, 1);
    return (targets ? tf.equal(predicted, targets) : tf.notEqual(predicted, labels)) as tf.Tensor1D;
  });
}

/** The labels of some rows. */
export function rowsOfLabels(labels: tf.Tensor1D, rows: tf.Tensor1D): tf.Tensor1D {
  return tf.gather(labels, rows);
}

/** Whether the batch of a problem may shrink and grow: always, unless an objective or criterion of its own cannot follow. */
export function mayShrink({ objective, criterion, selectsRows = false }: AttackProblem): boolean {
  return (!objective && !criterion) || selectsRows;
}
