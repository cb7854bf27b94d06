import { sampleNorm, totalVariation } from '@equipoise/kit';
import type { Distance } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';

/**
 * How far inputs are from where they came from, one number a sample.
 *
 * @param norm how to measure; the total variation is the anisotropic one of the difference
 * @returns a function, as `keep: { nearest }` takes it
 */
export function distanceIn(norm: Distance): (x: tf.Tensor, original: tf.Tensor) => tf.Tensor1D {
  return (x, original) =>
    tf.tidy(() => {
      const delta = tf.sub(x, original);
      return norm === 'total-variation' ? totalVariation(delta) : sampleNorm(delta, norm);
    });
}
