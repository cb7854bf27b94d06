import { classify, distancesBetween, excessOver, withRounding } from '@equipoise/kit';
import type { Distance, Model } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';

/** Where an attack left one sample. */
export interface Judgement {
  /** How far it was moved. */
  readonly distance: number;
  /** What the model says there; −1 if the input is not valid. */
  readonly predicted: number;
  /** How the input breaks what the attack promised; absent if it does not. */
  readonly violation?: string;
}

/** What an attack gave for some samples. */
export interface Judged {
  /** The model that was attacked, not counting. */
  readonly model: Model;
  /** Where the samples were. */
  readonly x: tf.Tensor;
  /** Where they are. */
  readonly adversarial: tf.Tensor;
  /** How distances are measured. */
  readonly norm: Distance;
  /** The radius that was to be kept, if any. */
  readonly radius: number | undefined;
}

/**
 * Looks where an attack left its samples: after float32 rounding, whatever the attack says.
 *
 * An input that is not finite, outside of the bounds or farther than the radius is a violation; so is, by another name, one
 * that fools the model without having moved, which is a matter of rounding or of a random model.
 */
export async function judge({ model, x, adversarial, norm, radius }: Judged): Promise<Judgement[]> {
  const invalid = await invalidRows(adversarial, model.bounds);
  const distances = await distancesBetween(x, adversarial, norm);
  const excess =
    radius === undefined ? undefined : await excessOver(x, adversarial, { norm, eps: radius }, model.bounds);
  const valid = invalid.flatMap((violation, row) => (violation === undefined ? [row] : []));
  const predicted = await classifyRows(model, adversarial, valid);
  return invalid.map((violation, row) => {
    const outside = excess?.[row] ?? 0;
    const problem = violation ?? (outside > 0 ? `${outside.toPrecision(3)} outside of the radius` : undefined);
    const base = { distance: distances[row] as number, predicted: predicted.get(row) ?? -1 };
    return problem === undefined ? base : { ...base, violation: problem };
  });
}

async function invalidRows(adversarial: tf.Tensor, bounds: readonly [number, number]): Promise<(string | undefined)[]> {
  const [low, high] = bounds.map(Math.fround) as [number, number];
  const values = await adversarial.data();
  const batch = adversarial.shape[0] ?? 0;
  const size = values.length / batch;
  return Array.from({ length: batch }, (_, row) => {
    let farthest = 0;
    for (let index = row * size; index < (row + 1) * size; index++) {
      const value = values[index] as number;
      if (!Number.isFinite(value)) return `holds ${value}`;
      farthest = Math.max(farthest, low - value, value - high);
    }
    return farthest > 0 ? `${farthest.toPrecision(3)} outside of the bounds` : undefined;
  });
}

async function classifyRows(
  model: Model,
  adversarial: tf.Tensor,
  rows: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  if (rows.length === 0) return new Map();
  const chosen = gatherRows(adversarial, rows);
  try {
    const { classes } = await classify(model, chosen);
    return new Map(rows.map((row, place) => [row, classes[place] as number]));
  } finally {
    chosen.dispose();
  }
}

/** Some rows of a tensor. */
export function gatherRows<T extends tf.Tensor>(x: T, rows: readonly number[]): T {
  return tf.tidy(() => tf.gather(x, tf.tensor1d([...rows], 'int32')));
}

/**
 * A distance, put onto the smallest of some radii that it only exceeds by rounding.
 *
 * @param size number of values of a sample
 */
export function ontoRadius(
  distance: number,
  radii: readonly number[],
  norm: Distance,
  size: number,
  bounds: readonly [number, number],
): number {
  return radii.find((radius) => distance > radius && distance <= withRounding(radius, norm, size, bounds)) ?? distance;
}
