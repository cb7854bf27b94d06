import { safeNorm } from '@equipoise/autodiff';
import * as tf from '@tensorflow/tfjs-core';

/** Embeddings of the clean inputs and of their views, `[batch, features]` each. */
export interface Embeddings {
  /** z, the anchors. */
  readonly clean: tf.Tensor2D;
  /** z^lu, of the views whose low-utility entries were perturbed. */
  readonly low: tf.Tensor2D;
  /** z^hu, of the views whose high-utility entries were perturbed; absent for relations that do not use them. */
  readonly high?: tf.Tensor2D;
}

/** Rows scaled to Euclidean length 1: z = φ/‖φ‖₂. A row of zeros stays zero and gets a zero gradient. */
export function unitRows(embedding: tf.Tensor2D): tf.Tensor2D {
  const norm = safeNorm(embedding, [1], true);
  const isZero = tf.cast(tf.equal(norm, 0), 'float32');
  return tf.mul(embedding, tf.div(tf.sub(1, isZero), tf.add(norm, isZero)));
}

/** <u_i, v_i> for every row, `[batch, 1]`. */
export function rowSimilarities(u: tf.Tensor2D, v: tf.Tensor2D): tf.Tensor2D {
  return tf.sum(tf.mul(u, v), 1, true);
}

/** <u_i, v_j> for all rows, `[batch, batch]`. */
export function crossSimilarities(u: tf.Tensor2D, v: tf.Tensor2D): tf.Tensor2D {
  return tf.matMul(u, v, false, true);
}
