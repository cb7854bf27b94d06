import { safeNorm } from '@equipoise/autodiff';
import * as tf from '@tensorflow/tfjs-core';
import { pullTerm } from './pull.js';
import type { Embeddings } from './similarities.js';

/**
 * The margin form of every sample: f_i = max(0, m − ‖z_i − z_i^hu‖₂) + ‖z_i − z_i^lu‖₂².
 *
 * Source: a reconstruction with the meaning of Kim et al. (2021), after Hadsell, Chopra and LeCun (2006). Departure from
 * the latter: the hinge is not squared. Where the high view equals the clean input, its distance has gradient zero.
 */
export function hingeTerm(embeddings: Required<Embeddings>, margin: number): tf.Tensor1D {
  const distance = safeNorm(tf.sub(embeddings.clean, embeddings.high), [1]);
  return tf.add(tf.relu(tf.sub(margin, distance)), pullTerm(embeddings));
}
