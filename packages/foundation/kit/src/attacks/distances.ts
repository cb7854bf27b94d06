import type { Distance, Norm } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { totalVariation } from '../prox/total-variation.js';
import { perSampleNumbers } from './per-sample-numbers.js';

/**
 * How far each sample was moved, in float64 from the stored float32 values; the total variation in float32.
 *
 * @param x where the samples were, `[batch, …]`
 * @param adversarial where they are, of the same shape
 * @param norm how to measure; `l0` counts the values that differ, `total-variation` is that of the difference
 * @returns one number a sample
 */
export async function distancesBetween(x: tf.Tensor, adversarial: tf.Tensor, norm: Distance): Promise<Float64Array> {
  if (norm === 'total-variation') return variationsBetween(x, adversarial);
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

async function variationsBetween(x: tf.Tensor, adversarial: tf.Tensor): Promise<Float64Array> {
  const variations = tf.tidy(() => totalVariation(tf.sub(adversarial, x)));
  const values = Float64Array.from(await variations.data());
  variations.dispose();
  return values;
}

/**
 * How large a distance may be measured where the radius was kept, because inputs are stored in float32: half a unit in the last
 * place of an input for every value that moves, and of the radius itself.
 *
 * @param radius the radius that was kept
 * @param norm how it is measured
 * @param size number of values of a sample
 * @param bounds the box of valid inputs, whose size sets the rounding
 */
export function withRounding(
  radius: number,
  norm: Distance,
  size: number,
  bounds: readonly [low: number, high: number],
): number {
  const values = { linf: 1, l2: Math.sqrt(size), l1: size, l0: 0, 'total-variation': 4 * size }[norm];
  return radius * (1 + 2 ** -20) + 2 ** -23 * Math.max(Math.abs(bounds[0]), Math.abs(bounds[1])) * values;
}

/**
 * By how much each sample is outside of a ball, beyond what rounding to float32 explains; see {@link withRounding}.
 *
 * @param x where the samples were
 * @param adversarial where they are
 * @param threat norm and radius, one or one a sample
 * @param bounds the box of valid inputs, whose size sets the rounding
 * @returns one number a sample, zero inside
 */
export async function excessOver(
  x: tf.Tensor,
  adversarial: tf.Tensor,
  { norm, eps }: { readonly norm: Distance; readonly eps: number | readonly number[] },
  bounds: readonly [low: number, high: number],
): Promise<Float64Array> {
  const distances = await distancesBetween(x, adversarial, norm);
  const radii = perSampleNumbers(eps, distances.length, 'eps');
  const size = distances.length === 0 ? 0 : x.size / distances.length;
  return distances.map((distance, row) => {
    const radius = radii[row] as number;
    return distance > withRounding(radius, norm, size, bounds) ? distance - radius : 0;
  });
}
