import { expandPerSample, flattenSamples, sampleNorm, sampleNormals, sampleUniforms } from '@equipoise/kit';
import type { Norm, Rng } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Points that are uniform in the unit ball of a norm; where a mask is zero they are zero, and the ball is that of the other coordinates.
 *
 * - linf: every coordinate from U[−1, 1)
 * - l2: a normal direction times u^(1/d)
 * - l1: signed exponentials divided by their sum with one more (Calafiore, Dabbene and Tempo 1998)
 *
 * @param norm norm of the ball
 * @param rng forked by stream
 * @param streams the stream of each sample
 * @param shape shape of one sample
 * @param mask zeros and ones, `[batch, ...shape]`
 * @returns `[streams.length, ...shape]`
 */
export function uniformInBall(
  norm: Norm,
  rng: Rng,
  streams: readonly number[],
  shape: readonly number[],
  mask?: tf.Tensor,
): tf.Tensor {
  return tf.tidy(() => {
    const masked = (x: tf.Tensor) => (mask ? tf.mul(x, mask) : x);
    if (norm === 'linf') return masked(sampleUniforms(rng, 'start', streams, shape, -1, 1));
    const radius = sampleUniforms(rng, 'radius', streams, []);
    if (norm === 'l2') return inBallL2(masked(sampleNormals(rng, 'start', streams, shape)), radius, mask);
    return inBallL1(sampleUniforms(rng, 'start', streams, shape, -1, 1), radius, masked);
  });
}

function inBallL2(direction: tf.Tensor, radius: tf.Tensor, mask?: tf.Tensor): tf.Tensor {
  const dimensions = mask
    ? tf.sum(flattenSamples(mask), 1)
    : tf.scalar(direction.size / (direction.shape[0] ?? 1), 'float32');
  const length = tf.pow(radius, tf.div(1, tf.maximum(dimensions, 1)));
  const size = sampleNorm(direction, 'l2');
  const factor = tf.div(length, tf.where(tf.greater(size, 0), size, tf.onesLike(size)));
  return tf.mul(direction, expandPerSample(factor, direction.rank));
}

/** |v| of a uniform v in (−1, 1) is uniform in (0, 1), so −log(1 − |v|) is exponential and the sign is fair. */
function inBallL1(uniform: tf.Tensor, radius: tf.Tensor, masked: (x: tf.Tensor) => tf.Tensor): tf.Tensor {
  const exponential = (u: tf.Tensor) => tf.neg(tf.log1p(tf.neg(tf.minimum(u, 1 - 2 ** -24))));
  const sizes = masked(exponential(tf.abs(uniform)));
  const total = tf.add(tf.sum(flattenSamples(sizes), 1), exponential(radius));
  const positive = tf.where(tf.greater(total, 0), total, tf.onesLike(total));
  return tf.div(tf.mul(tf.sign(uniform), sizes), expandPerSample(positive, uniform.rank));
}
