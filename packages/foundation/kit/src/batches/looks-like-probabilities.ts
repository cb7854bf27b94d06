/**
 * Whether what should be logits looks like probabilities: all values in [0, 1] and every row's sum within 1e-4 of 1.
 * Attacks and losses on such a model fail silently, because its gradients vanish where it is confident.
 *
 * @param logits of real inputs, row-major
 * @param classes length of a row
 */
export function looksLikeProbabilities(logits: ArrayLike<number>, classes: number): boolean {
  let sum = 0;
  for (let index = 0; index < logits.length; index++) {
    const value = logits[index] as number;
    if (!(value >= 0 && value <= 1)) return false;
    sum += value;
    if ((index + 1) % classes !== 0) continue;
    if (Math.abs(sum - 1) >= 1e-4) return false;
    sum = 0;
  }
  return logits.length > 0;
}
