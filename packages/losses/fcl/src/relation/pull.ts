import * as tf from '@tensorflow/tfjs-core';
import type { Embeddings } from './similarities.js';

/**
 * The pull of every sample: f_i = ‖z_i − z_i^lu‖₂². On embeddings of length 1 that is 2(1 − cos).
 *
 * It has no negative: what low-utility perturbations do to the embedding is suppressed, nothing is encouraged.
 *
 * Source: the half of Kim et al. (2021) that suppresses; a control in the prototype, as good there with random masks.
 */
export function pullTerm({ clean, low }: Embeddings): tf.Tensor1D {
  return tf.sum(tf.squaredDifference(clean, low), 1);
}
