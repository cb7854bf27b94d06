import { safeNorm } from '@equipoise/autodiff';
import * as tf from '@tensorflow/tfjs-core';
import { requireRows } from '../checks/embeddings.js';

/**
 * Rows scaled to Euclidean length 1: z = x/‖x‖₂. A row of zeros stays zero and gets a zero gradient. Differentiable.
 *
 * @param x `[rows, features]`, float32
 * @returns the same shape
 * @throws ShapeError unless x is a matrix, DataError if it is empty
 */
export function unitRows(x: tf.Tensor): tf.Tensor2D {
  requireRows('embeddings', x);
  return tf.tidy(() => {
    const norm = safeNorm(x, [1], true);
    const isZero = tf.cast(tf.equal(norm, 0), 'float32');
    return tf.mul(x, tf.div(tf.sub(1, isZero), tf.add(norm, isZero)));
  });
}
