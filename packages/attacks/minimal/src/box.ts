import type { Region } from '@equipoise/ascent';
import { sampleNorm } from '@equipoise/kit';
import type { Norm } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';

/**
 * How far each sample can move at most: to the farther side of the box in every entry that the mask lets move.
 *
 * @param box bounds and mask
 * @param original where the samples come from
 * @param rows their rows
 * @param norm how it is measured
 * @returns `[batch]`
 */
export function reach(box: Region, original: tf.Tensor, rows: tf.Tensor1D, norm: Norm | 'l0'): tf.Tensor1D {
  const [low, high] = box.options.bounds;
  return tf.tidy(() => {
    const farther = tf.maximum(tf.sub(original, low), tf.sub(high, original));
    return sampleNorm(box.masked(farther, rows), norm);
  });
}
