import { logSumExp } from '@equipoise/autodiff';
import * as tf from '@tensorflow/tfjs-core';
import type { FclSettings } from '../options.js';
import { crossSimilarities, rowSimilarities, type Embeddings } from './similarities.js';

/** Far below any similarity, yet finite, so that no gradient becomes NaN. */
const excluded = -1e9;

/**
 * The contrastive term of every sample: anchor z_i, positive z_i^lu, negatives by name.
 *
 * Formula, with a_i = <z_i, z_i^lu>/τ and b_ij = <z_i, z_j^hu>/τ: f_i = log(e^{a_i} + Σ_j e^{b_ij}) − a_i, where j runs
 *
 * - over i alone for `pair`, which is softplus(b_ii − a_i);
 * - over the whole batch for `in-batch` with negatives `high-views`;
 * - over i alone, and the other anchors <z_i, z_j>/τ, j ≠ i, are added, with negatives `own-high-view-and-anchors`.
 *
 * Gradients flow through all three embeddings.
 *
 * Source: Kim et al. (2021) in words (difference for high-utility perturbations, closeness for low-utility ones); the
 * form is a reconstruction after van den Oord et al. (2018, InfoNCE). Alone, with noise as the negative, `pair` harmed in
 * the prototype.
 */
export function contrastiveTerm(
  embeddings: Required<Embeddings>,
  relation: 'pair' | 'in-batch',
  settings: Pick<FclSettings, 'temperature' | 'negatives'>,
): tf.Tensor1D {
  const positive = tf.div(rowSimilarities(embeddings.clean, embeddings.low), settings.temperature);
  const negatives = tf.div(negativeSimilarities(embeddings, relation, settings.negatives), settings.temperature);
  const all = logSumExp(tf.concat([positive, negatives], 1), 1) as tf.Tensor1D;
  return tf.sub(all, tf.squeeze(positive, [1]));
}

/** Similarities to the negatives, `[batch, negatives]`, before division by τ. */
export function negativeSimilarities(
  { clean, high }: Required<Embeddings>,
  relation: 'pair' | 'in-batch',
  negatives: FclSettings['negatives'],
): tf.Tensor2D {
  if (relation === 'pair') return rowSimilarities(clean, high);
  if (negatives === 'high-views') return crossSimilarities(clean, high);
  const self = tf.mul(tf.eye(clean.shape[0]), excluded) as tf.Tensor2D;
  return tf.concat([rowSimilarities(clean, high), tf.add(crossSimilarities(clean, clean), self)], 1) as tf.Tensor2D;
}
