import type { Tensor2D } from '@tensorflow/tfjs-core';

/**
 * Whether what should be logits looks like probabilities: all values in [0, 1] and every row's sum within 1e-4 of 1.
 * Attacks and losses on such a model fail silently, because its gradients vanish where it is confident.
 *
 * @param logits `[batch, classes]`, from real inputs
 */
export async function looksLikeProbabilities(logits: Tensor2D): Promise<boolean> {
  const [batch, classes] = logits.shape;
  const values = Array.from(await logits.data());
  if (batch === 0 || values.some((value) => !(value >= 0 && value <= 1))) return false;
  const sums = Array.from({ length: batch }, (_, row) =>
    values.slice(row * classes, (row + 1) * classes).reduce((sum, value) => sum + value, 0),
  );
  return sums.every((sum) => Math.abs(sum - 1) < 1e-4);
}
