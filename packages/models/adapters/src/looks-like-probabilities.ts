import { looksLikeProbabilities as rowsLookLikeProbabilities } from '@equipoise/kit';
import type { Tensor2D } from '@tensorflow/tfjs-core';

/**
 * Whether what should be logits looks like probabilities: all values in [0, 1] and every row's sum within 1e-4 of 1.
 * Attacks and losses on such a model fail silently, because its gradients vanish where it is confident.
 *
 * @param logits `[batch, classes]`, from real inputs
 */
export async function looksLikeProbabilities(logits: Tensor2D): Promise<boolean> {
  return rowsLookLikeProbabilities(await logits.data(), logits.shape[1]);
}
