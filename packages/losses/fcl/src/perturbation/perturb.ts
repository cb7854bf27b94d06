import { clipToBounds } from '@equipoise/kit';
import type { Rng } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import type { PerturbationSettings } from '../options.js';
import { eraseDisplacement } from './erase.js';
import { noiseDisplacement } from './noise.js';
import { swapDisplacement } from './swap.js';

/** The displacement δ of a whole view, before its mask; of the shape of `x`. */
export function displacement(
  x: tf.Tensor,
  settings: PerturbationSettings,
  view: 'high' | 'low',
  rng: Rng,
  sampleIndices: ArrayLike<number>,
): tf.Tensor {
  switch (settings.type) {
    case 'noise':
      return noiseDisplacement(x.shape, settings.sigma, view, rng, sampleIndices);
    case 'swap':
      return swapDisplacement(x, rng, sampleIndices);
    case 'erase':
      return eraseDisplacement(x, settings.value);
  }
}

/**
 * A view: x + M⊙δ, cut off at `bounds` where they are given.
 *
 * Clipping gives noise a mean on black and white pixels; in the prototype the size of every effect depends on it.
 */
export function perturbed(
  x: tf.Tensor,
  maskedDisplacement: tf.Tensor,
  bounds?: readonly [low: number, high: number],
): tf.Tensor {
  const moved = tf.add(x, maskedDisplacement);
  return bounds === undefined ? moved : clipToBounds(moved, bounds);
}
