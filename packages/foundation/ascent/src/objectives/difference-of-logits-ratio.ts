import { stopGradient } from '@equipoise/autodiff';
import { UnsupportedError } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { logitOf, margin } from './margin.js';

/** Keeps the ratio finite where the leading logits are equal, as in the authors' code. */
const TINY = 1e-12;

/**
 * Difference of logits ratio, `−(z_y − max_{i≠y} z_i) / (z_π1 − z_π3)`, π the order of falling logits: invariant to shifts and
 * scalings of the logits (Croce and Hein 2020, equation 6).
 *
 * @param logits z, `[batch, classes]`
 * @param labels y, `[batch]`, int32
 * @returns `[batch]`, differentiable in the logits
 * @throws UnsupportedError for fewer than three classes, for which π3 is not there
 */
export function differenceOfLogitsRatio(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Tensor1D {
  requireClasses(logits, 3, 'The difference of logits ratio');
  return tf.tidy(() => {
    const [first, , third] = largest(logits, 3) as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
    return tf.div(margin(logits, labels), tf.add(tf.sub(first, third), TINY)) as tf.Tensor1D;
  });
}

/**
 * The targeted difference of logits ratio, `−(z_y − z_t) / (z_π1 − (z_π3 + z_π4) / 2)` (Croce and Hein 2020, equation 7).
 *
 * @param logits z, `[batch, classes]`
 * @param labels y, `[batch]`, int32
 * @param targets t, `[batch]`, int32
 * @returns `[batch]`, differentiable in the logits
 * @throws UnsupportedError for fewer than four classes
 */
export function targetedDifferenceOfLogitsRatio(
  logits: tf.Tensor2D,
  labels: tf.Tensor1D,
  targets: tf.Tensor1D,
): tf.Tensor1D {
  requireClasses(logits, 4, 'The targeted difference of logits ratio');
  return tf.tidy(() => {
    const [first, , third, fourth] = largest(logits, 4) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const gap = tf.sub(logitOf(logits, targets), logitOf(logits, labels));
    return tf.div(gap, tf.add(tf.sub(first, tf.mul(0.5, tf.add(third, fourth))), TINY)) as tf.Tensor1D;
  });
}

function largest(logits: tf.Tensor2D, count: number): tf.Tensor1D[] {
  const { indices } = tf.topk(stopGradient(logits), count);
  return tf.unstack(indices, 1).map((classes) => logitOf(logits, classes as tf.Tensor1D));
}

function requireClasses(logits: tf.Tensor2D, least: number, what: string): void {
  if (logits.shape[1] >= least) return;
  throw new UnsupportedError(what, `${least} classes or more`, `a model with ${logits.shape[1]}`);
}
