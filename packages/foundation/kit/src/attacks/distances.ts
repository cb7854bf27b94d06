import type { Norm } from '@equipoise/spec';
import type { Tensor } from '@tensorflow/tfjs-core';
import { perSampleNumbers } from './per-sample-numbers.js';

/**
 * How far each sample was moved, in float64 from the stored float32 values.
 *
 * @param x where the samples were, `[batch, …]`
 * @param adversarial where they are, of the same shape
 * @param norm how to measure; `l0` counts the values that differ
 * @returns one number a sample
 */
export async function distancesBetween(x: Tensor, adversarial: Tensor, norm: Norm | 'l0'): Promise<Float64Array> {
  const [before, after] = await Promise.all([x.data(), adversarial.data()]);
  const batch = x.shape[0] ?? 0;
  const size = batch === 0 ? 0 : x.size / batch;
  const distances = new Float64Array(batch);
  for (let row = 0; row < batch; row++) {
    let total = 0;
    for (let index = row * size; index < (row + 1) * size; index++) {
      total = accumulate[norm](total, Math.abs((after[index] as number) - (before[index] as number)));
    }
    distances[row] = norm === 'l2' ? Math.sqrt(total) : total;
  }
  return distances;
}

const accumulate: Readonly<Record<Norm | 'l0', (total: number, move: number) => number>> = {
  linf: (total, move) => (move > total ? move : total),
  l2: (total, move) => total + move * move,
  l1: (total, move) => total + move,
  l0: (total, move) => total + (move === 0 ? 0 : 1),
};

/**
 * By how much each sample is outside of a ball, beyond what rounding to float32 explains: half a unit in the last place of
 * an input for every value that moves, and of the radius itself.
 *
 * @param x where the samples were
 * @param adversarial where they are
 * @param threat norm and radius, one or one a sample
 * @param bounds the box of valid inputs, whose size sets the rounding
 * @returns one number a sample, zero inside
 */
export async function excessOver(
  x: Tensor,
  adversarial: Tensor,
  { norm, eps }: { readonly norm: Norm | 'l0'; readonly eps: number | readonly number[] },
  bounds: readonly [low: number, high: number],
): Promise<Float64Array> {
  const distances = await distancesBetween(x, adversarial, norm);
  const radii = perSampleNumbers(eps, distances.length, 'eps');
  const size = distances.length === 0 ? 0 : x.size / distances.length;
  const values = { linf: 1, l2: Math.sqrt(size), l1: size, l0: 0 }[norm];
  const rounding = 2 ** -23 * Math.max(Math.abs(bounds[0]), Math.abs(bounds[1])) * values;
  return distances.map((distance, row) => {
    const allowed = (radii[row] as number) * (1 + 2 ** -20) + rounding;
    return distance > allowed ? distance - (radii[row] as number) : 0;
  });
}
