import type { Rng } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Displacement towards another image of the batch: δ_i = x_p(i) − x_i, with p(i) ≠ i drawn at random per image.
 *
 * It is the one part of this loss in which a sample's view depends on the batch that it comes in. In a batch of one
 * there is no other image, and the displacement is zero.
 *
 * Source: not in Kim et al. (2021); the only perturbation with which the pair relation alone beat cross-entropy in the
 * prototype.
 */
export function swapDisplacement(x: tf.Tensor, rng: Rng, sampleIndices: ArrayLike<number>): tf.Tensor {
  return tf.tidy(() => tf.sub(tf.gather(x, tf.tensor1d(partners(rng, sampleIndices), 'int32')), x));
}

/** p(i): for each image the place of another one. */
export function partners(rng: Rng, sampleIndices: ArrayLike<number>): Int32Array {
  const count = sampleIndices.length;
  const stream = rng.fork('partner');
  return Int32Array.from(sampleIndices, (index, place) =>
    count < 2 ? place : (place + 1 + stream.fork(index).integer(count - 1)) % count,
  );
}
