import { expandPerSample, flattenSamples, sampleNorm, steepestDirection } from '@equipoise/kit';
import type { Norm } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';

/**
 * The direction of a gradient step, of length one in its norm.
 *
 * - linf: sign(g)
 * - l2: g/|g|₂
 * - l1: g/|g|₁; with `sparsity` k < 1 the sign of the share k of entries that are largest in size, divided by their number (Tramèr and
 *   Boneh 2019)
 *
 * @param gradients g, `[batch, …]`
 * @param norm norm of the step
 * @param sparsity share of entries that move, for l1
 * @returns of the shape of g; zeros for a sample whose gradient is zero
 */
export function stepDirection(gradients: tf.Tensor, norm: Norm, sparsity = 1): tf.Tensor {
  if (norm !== 'l1') return steepestDirection(gradients, norm);
  return sparsity < 1 ? sparseDirection(gradients, sparsity) : dividedByL1(gradients);
}

/** g/|g|₁, zeros for a row of zeros; divided by the largest entry first, so that small gradients do not vanish. */
export function dividedByL1(gradients: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const unit = tf.mul(gradients, inverse(sampleNorm(gradients, 'linf'), gradients.rank));
    return tf.mul(unit, inverse(sampleNorm(unit, 'l1'), gradients.rank));
  });
}

function inverse(sizes: tf.Tensor1D, rank: number): tf.Tensor {
  const isPositive = tf.greater(sizes, 0);
  const safe = tf.where(isPositive, sizes, tf.onesLike(sizes));
  return expandPerSample(tf.where(isPositive, tf.div(1, safe), tf.zerosLike(sizes)), rank);
}

function sparseDirection(gradients: tf.Tensor, sparsity: number): tf.Tensor {
  return tf.tidy(() => {
    const rows = flattenSamples(gradients);
    const count = Math.max(1, Math.round(sparsity * rows.shape[1]));
    const sizes = tf.abs(rows);
    const { values } = tf.topk(sizes, count);
    const smallest = tf.slice(values, [0, count - 1], [-1, 1]);
    const chosen = tf.mul(tf.sign(rows), tf.cast(tf.greaterEqual(sizes, smallest), 'float32'));
    return tf.reshape(dividedByL1(chosen), gradients.shape);
  });
}
