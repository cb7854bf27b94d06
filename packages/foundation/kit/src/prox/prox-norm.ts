import { InvalidOptionsError, type Norm } from '@equipoise/spec';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { expandPerSample } from '../batches/samples.js';
import { sampleNorm } from '../norms/norms.js';
import { type PerSample, perSample } from '../norms/per-sample.js';
import { projectBall } from '../projections/balls.js';

/**
 * The proximal operator of a norm, sample by sample: `argmin_u mu·norm(u) + |u − v|₂²/2`.
 *
 * - l1: soft threshold, `sign(v)·max(|v| − mu, 0)`
 * - l2: block soft threshold, `(1 − mu/max(mu, |v|₂))·v`
 * - linf: `v − P(v)` with P the projection on the l1 ball of radius mu (Moreau's decomposition)
 * - l0: hard threshold, v where `|v| > √(2mu)`, else 0
 *
 * The form of the proximal log-barrier attack, about a centre c, is `c + proxNorm(z − c, norm, mu)`.
 * Source: Parikh and Boyd 2014, sections 6.5 and 2.5; l0: Pooladian et al. 2020, appendix.
 *
 * @param v `[batch, …]`
 * @param norm the norm; l0 counts the entries that are not zero
 * @param mu weight of the norm: one number, or one a sample
 * @returns of the shape of `v`
 * @throws ShapeError if there is not one weight a sample
 * @throws InvalidOptionsError if a weight is negative or the norm unknown
 */
export function proxNorm(v: Tensor, norm: Norm | 'l0', mu: PerSample): Tensor {
  return tf.tidy(() => {
    const weight = perSample(mu, v, 'mu');
    switch (norm) {
      case 'l1':
        return tf.mul(tf.sign(v), tf.relu(tf.sub(tf.abs(v), weight)));
      case 'l2':
        return tf.mul(v, remaining(expandPerSample(sampleNorm(v, 'l2'), v.rank), weight));
      case 'linf':
        return tf.sub(v, projectBall(v, 'l1', mu));
      case 'l0':
        return tf.mul(v, tf.cast(tf.greater(tf.abs(v), tf.sqrt(tf.mul(weight, 2))), 'float32'));
      default:
        throw new InvalidOptionsError('proxNorm', [
          { path: ['norm'], message: `expected "linf", "l2", "l1" or "l0", got ${JSON.stringify(norm)}` },
        ]);
    }
  });
}

/** `1 − mu/max(mu, size)`, and 1 where both are zero. */
function remaining(size: Tensor, mu: Tensor): Tensor {
  const larger = tf.maximum(size, mu);
  return tf.sub(1, tf.div(mu, tf.where(tf.greater(larger, 0), larger, tf.onesLike(larger))));
}
