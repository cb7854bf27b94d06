import { expandPerSample, flattenSamples } from '@equipoise/kit';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Scales the low displacement of each image to the Euclidean norm of the high one: δ_low·‖δ_high‖₂/‖δ_low‖₂.
 *
 * Both are taken behind their masks and before clipping. A low displacement of zero stays zero. Without this, noise of
 * equal σ has more energy in the view with the larger mask.
 */
export function equaliseEnergy(low: tf.Tensor, high: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const lowNorm = rowNorms(low);
    const factor = tf.divNoNan(rowNorms(high), lowNorm);
    return tf.mul(low, expandPerSample(factor, low.rank));
  });
}

function rowNorms(x: tf.Tensor): tf.Tensor {
  return tf.sqrt(tf.sum(tf.square(flattenSamples(x)), 1));
}
