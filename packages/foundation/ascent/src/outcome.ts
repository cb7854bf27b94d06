import { expandPerSample, scoring, perSampleNumbers, tidied } from '@equipoise/kit';
import type { AttackOutcome, AttackProblem, Distance } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import type { Ascended } from './loop/ascend.js';
import { verdict } from './evaluators/problem-evaluator.js';
import { distanceIn } from './region/distance.js';

/**
 * Where the samples ended as the outcome of an attack; frees `ascended`.
 *
 * @param problem what was attacked
 * @param ascended what the loop gave
 * @param judged whether the loop knew the verdicts; without, and with logits, the model is asked once more
 */
export function outcomeOf(
  { model, labels, targets, criterion }: AttackProblem,
  ascended: Ascended,
  judged = true,
): AttackOutcome {
  const { x, values, success } = ascended;
  values.dispose();
  if (judged || criterion || !model.supports.logits) return { adversarial: x, success };
  success.dispose();
  return tidied(() => ({
    adversarial: x,
    success: verdict(model.forward(x, scoring).logits as tf.Tensor2D, labels, targets),
  }));
}

/**
 * What a search for the nearest success gives back: a sample that found none, or, if the problem names a radius, none within it, is
 * its input; frees `ascended`.
 *
 * @param problem what was attacked
 * @param ascended what the loop gave
 * @param norm how distances are measured
 */
export function nearestOutcome({ x, eps }: AttackProblem, ascended: Ascended, norm: Distance): AttackOutcome {
  const outcome = tidied(() => {
    const success = eps === undefined ? tf.clone(ascended.success) : isWithin(x, ascended, norm, eps);
    const isFound = tf.broadcastTo(expandPerSample(success, x.rank), x.shape);
    return { adversarial: tf.where(isFound, ascended.x, x), success };
  });
  tf.dispose([ascended.x, ascended.values, ascended.success]);
  return outcome;
}

function isWithin(
  original: tf.Tensor,
  { x, success }: Ascended,
  norm: Distance,
  eps: number | readonly number[],
): tf.Tensor1D {
  const radii = tf.tensor1d([...perSampleNumbers(eps, x.shape[0] ?? 0, 'eps')], 'float32');
  return tf.logicalAnd(success, tf.lessEqual(distanceIn(norm)(x, original), radii));
}
