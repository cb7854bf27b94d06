import { sampleNormals, expandPerSample } from '@equipoise/kit';
import type { Rng } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import type { Sigma } from '../options.js';

/**
 * Gaussian displacement of every entry: δ_i = σ_i·n_i with n_i ~ N(0, 1).
 *
 * With a range, σ_i ~ U(low, high) once an image, from a stream that both views share, so that high and low noise of
 * one range are of equal size.
 *
 * Source: reconstruction of Kim et al. (2021). A fixed σ is worse than a range (prototype, screening).
 * @param view whose noise it is; the two views have independent noises
 */
export function noiseDisplacement(
  shape: readonly number[],
  sigma: Sigma,
  view: 'high' | 'low',
  rng: Rng,
  sampleIndices: ArrayLike<number>,
): tf.Tensor {
  return tf.tidy(() => {
    const normals = sampleNormals(rng, `noise-${view}`, sampleIndices, shape.slice(1));
    return tf.mul(normals, expandPerSample(sampleSigmas(sigma, rng, sampleIndices), shape.length));
  });
}

/** σ of each image. */
function sampleSigmas(sigma: Sigma, rng: Rng, sampleIndices: ArrayLike<number>): tf.Tensor1D {
  if (typeof sigma === 'number') return tf.fill([sampleIndices.length], sigma) as tf.Tensor1D;
  const [low, high] = sigma;
  const stream = rng.fork('sigma');
  return tf.tensor1d(Array.from(sampleIndices, (index) => low + (high - low) * stream.fork(index).uniform()));
}
