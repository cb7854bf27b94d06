import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { flattenSamples, oneHotRows } from '../batches/samples.js';
import { dualOrder, type NormOrder, normOrder } from './order.js';

/**
 * The norm of each sample, `(Σ|x_i|^p)^(1/p)`, `max|x_i|` for linf, the number of entries that are not zero for l0.
 *
 * Entries are divided by the largest of their sample first, so that neither the squares of small gradients vanish nor
 * those of large ones overflow. Meant for values: for gradients through a norm use autodiff's `safeNorm`.
 *
 * @param x `[batch, …]`
 * @param norm name or order
 * @returns `[batch]`; zero for a sample of zeros
 * @throws InvalidOptionsError for anything that is no order
 */
export function sampleNorm(x: Tensor, norm: NormOrder): Tensor1D {
  const order = normOrder(norm);
  return tf.tidy(() => tf.squeeze(rowNorm(flattenSamples(x), order), [1]) as Tensor1D);
}

/**
 * The dual norm of each sample: the norm of order q with 1/p + 1/q = 1, so that `max ⟨x, d⟩` over all d of norm at most 1
 * is the dual norm of x.
 *
 * @param x `[batch, …]`
 * @param norm name or order p of the norm whose dual is meant: `linf` gives the l1 norm
 * @returns `[batch]`
 * @throws InvalidOptionsError for order 0, which has no dual
 */
export function dualNorm(x: Tensor, norm: NormOrder): Tensor1D {
  return sampleNorm(x, dualOrder(norm));
}

/**
 * The direction of steepest ascent of each sample: of all d of norm at most 1 the one with the largest `⟨gradient, d⟩`.
 *
 * - linf: the sign of each entry
 * - l2: the gradient divided by its norm
 * - l1: the signed unit vector of the entry of largest size; of several that are equal, the first
 * - p between: `sign(g)·(|g|/|g|_q)^(q−1)`
 *
 * @param gradient `[batch, …]`
 * @param norm name or order
 * @returns of the shape of `gradient`; zeros for a sample of zeros
 * @throws InvalidOptionsError for order 0, which has no dual
 */
export function steepestDirection(gradient: Tensor, norm: NormOrder): Tensor {
  const dual = dualOrder(norm);
  return tf.tidy(() => {
    if (dual === 1) return tf.sign(gradient);
    const rows = flattenSamples(gradient);
    return tf.reshape(dual === Infinity ? largestEntry(rows) : powerDirection(rows, dual), gradient.shape);
  });
}

function largestEntry(rows: Tensor2D): Tensor {
  if (rows.size === 0) return tf.clone(rows);
  const largest = oneHotRows(tf.argMax(tf.abs(rows), 1), rows.shape[1]);
  return tf.mul(largest, tf.sign(rows));
}

function powerDirection(rows: Tensor2D, dual: number): Tensor {
  const { scaled } = scaleRows(rows);
  const unit = tf.div(scaled, positive(rowNorm(scaled, dual)));
  return dual === 2 ? unit : tf.mul(tf.sign(unit), tf.pow(tf.abs(unit), dual - 1));
}

function rowNorm(rows: Tensor2D, order: number): Tensor2D {
  if (order === 0) return tf.sum(tf.cast(tf.notEqual(rows, 0), 'float32'), 1, true);
  if (order === 1) return tf.sum(tf.abs(rows), 1, true);
  if (rows.size === 0) return tf.zeros([rows.shape[0], 1]);
  if (order === Infinity) return tf.max(tf.abs(rows), 1, true);
  const { scaled, largest } = scaleRows(rows);
  if (order === 2) return tf.mul(largest, tf.sqrt(tf.sum(tf.square(scaled), 1, true)));
  return tf.mul(largest, tf.pow(tf.sum(tf.pow(tf.abs(scaled), order), 1, true), 1 / order));
}

function scaleRows(rows: Tensor2D): { scaled: Tensor2D; largest: Tensor2D } {
  if (rows.size === 0) return { scaled: rows, largest: tf.zeros([rows.shape[0], 1]) };
  const largest = tf.max(tf.abs(rows), 1, true) as Tensor2D;
  return { scaled: tf.div(rows, positive(largest)), largest };
}

function positive(values: Tensor): Tensor {
  return tf.where(tf.greater(values, 0), values, tf.onesLike(values));
}
