import * as tf from '@tensorflow/tfjs-core';

/**
 * KL(p ‖ q) = Σ_k p_k (log p_k − log q_k) of each row, in nats; differentiable in both.
 * @param logP log p, `[batch, classes]`, normalised
 * @param logQ log q, likewise
 * @returns `[batch]`
 */
export function divergence(logP: tf.Tensor2D, logQ: tf.Tensor2D): tf.Tensor1D {
  return tf.tidy(() => tf.sum(tf.mul(tf.exp(logP), tf.sub(logP, logQ)), 1) as tf.Tensor1D);
}
