import { expandPerSample, sampleNorm, sampleUniforms } from '@equipoise/kit';
import { UnsupportedError, type Attack, type Norm, type Rng } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import type { ImageBatch } from './first-batches.js';

/** The norm in which directions have length 1: that of the attack, linf for distances that are no norm. */
export function normOf({ threat }: Attack): Norm {
  const norm = threat?.norm;
  return norm === 'l2' || norm === 'l1' ? norm : 'linf';
}

/**
 * How far to look.
 * @throws UnsupportedError if neither the options nor the attack name one radius
 */
export function radiusOf({ threat }: Attack, radius: number | undefined): number {
  if (radius !== undefined) return radius;
  if (typeof threat?.eps === 'number' && threat.eps > 0) return threat.eps;
  throw new UnsupportedError('analysis "loss-landscape" without option radius', 'one positive radius', 'the attack');
}

/** Each sample divided by its norm; zeros for one that is zero. */
export function ofLengthOne(x: tf.Tensor, norm: Norm): tf.Tensor {
  return tf.tidy(() => {
    const size = sampleNorm(x, norm);
    const safe = tf.where(tf.greater(size, 0), size, tf.onesLike(size));
    return tf.div(x, expandPerSample(safe, x.rank));
  });
}

/** A random direction of length 1 for each sample whose entries are ±1 before it is scaled, drawn by its index. */
export function rademacher(
  { x, sampleIndices }: Pick<ImageBatch, 'x' | 'sampleIndices'>,
  rng: Rng,
  norm: Norm,
): tf.Tensor {
  return tf.tidy(() => {
    const uniform = sampleUniforms(rng, 'direction', sampleIndices, x.shape.slice(1));
    return ofLengthOne(tf.sub(tf.mul(2, tf.cast(tf.greaterEqual(uniform, 0.5), 'float32')), 1), norm);
  });
}
