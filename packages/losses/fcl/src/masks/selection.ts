/**
 * Marks the `count` entries of a row with the highest scores; of equal scores those with the lowest index. Linear time.
 *
 * A NaN counts as the lowest score.
 * @param scores the row
 * @param count how many to mark, clamped to the length of the row
 * @param mask where to write ones; a slice of the same length, zero before
 */
export function markHighest(scores: Float32Array, count: number, mask: Float32Array): void {
  if (count <= 0) return;
  if (count >= scores.length) {
    mask.fill(1);
    return;
  }
  const ordered = withoutNaN(scores);
  const threshold = kthHighest(ordered.slice(), count);
  let left = count;
  for (let index = 0; index < ordered.length; index++) {
    if (ordered[index]! > threshold) {
      mask[index] = 1;
      left--;
    }
  }
  for (let index = 0; left > 0 && index < ordered.length; index++) {
    if (ordered[index] === threshold) {
      mask[index] = 1;
      left--;
    }
  }
}

/** The same scores, with the lowest one there is in the place of NaN. */
function withoutNaN(scores: Float32Array): Float32Array {
  if (!scores.includes(NaN)) return scores;
  return scores.map((score) => (Number.isNaN(score) ? -Infinity : score));
}

/** Marks the `count` entries with the lowest scores; of equal scores those with the lowest index. */
export function markLowest(scores: Float32Array, count: number, mask: Float32Array): void {
  markHighest(
    scores.map((score) => -score),
    count,
    mask,
  );
}

/** The `count`-th highest value by Hoare's selection; reorders `values`. */
function kthHighest(values: Float32Array, count: number): number {
  const target = count - 1;
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const pivot = values[(low + high) >> 1]!;
    let left = low;
    let right = high;
    while (left <= right) {
      while (values[left]! > pivot) left++;
      while (values[right]! < pivot) right--;
      if (left <= right) {
        const kept = values[left]!;
        values[left++] = values[right]!;
        values[right--] = kept;
      }
    }
    if (target <= right) high = right;
    else if (target >= left) low = left;
    else return values[target]!;
  }
  return values[target]!;
}
