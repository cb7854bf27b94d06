import { InvalidOptionsError, type Norm } from '@equipoise/spec';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { expandPerSample, flattenSamples } from '../batches/samples.js';
import { sampleNorm } from '../norms/norms.js';
import { type PerSample, perSample } from '../norms/per-sample.js';
import { threshold } from './threshold.js';

const balls: readonly Norm[] = ['linf', 'l2', 'l1'];

/**
 * The nearest point, sample by sample, of the ball `{d : norm(d) <= radius}`, in the l2 sense.
 *
 * - linf: every entry is cut off at ±radius
 * - l2: a sample outside is scaled to the sphere, a sample inside is returned as it is
 * - l1: a sample outside is soft-thresholded, `sign(x)·max(|x| − t, 0)` with the t that meets the radius (Duchi et al.
 *   2008; t by halving an interval instead of sorting)
 *
 * @param x perturbations, `[batch, …]`
 * @param norm norm of the ball
 * @param radius one number, or one a sample
 * @returns of the shape of `x`; inside the ball up to the rounding of float32
 * @throws ShapeError if there is not one radius a sample
 * @throws InvalidOptionsError if a radius is negative, or for another norm
 */
export function projectBall(x: Tensor, norm: Norm, radius: PerSample): Tensor {
  if (!balls.includes(norm)) {
    const message = `expected "linf", "l2" or "l1", got ${JSON.stringify(norm)}`;
    throw new InvalidOptionsError('a ball', [{ path: ['norm'], message }]);
  }
  return tf.tidy(() => {
    if (norm === 'l1') return tf.reshape(projectRowsL1(flattenSamples(x), radius), x.shape);
    const r = perSample(radius, x, 'radius');
    if (norm === 'linf' && typeof radius === 'number') return tf.clipByValue(x, -radius, radius);
    if (norm === 'linf') return tf.maximum(tf.minimum(x, r), tf.neg(r));
    const size = expandPerSample(sampleNorm(x, 'l2'), x.rank);
    const outside = tf.greater(size, r);
    return tf.mul(x, tf.where(outside, tf.div(r, tf.where(outside, size, tf.onesLike(size))), tf.onesLike(size)));
  });
}

/**
 * The nearest point, sample by sample, of the simplex `{p : p_i >= 0, Σp_i = total}`, in the l2 sense:
 * `max(x − t, 0)` with the t at which the entries sum to `total` (Duchi et al. 2008, equation 3).
 *
 * @param x `[batch, …]`
 * @param total one positive number, or one a sample
 * @returns of the shape of `x`
 * @throws ShapeError if there is not one total a sample
 * @throws InvalidOptionsError if a total is negative
 */
export function projectSimplex(x: Tensor, total: PerSample = 1): Tensor {
  return tf.tidy(() => {
    const rows = flattenSamples(x);
    return tf.reshape(projectRowsSimplex(rows, perSample(total, rows, 'total')), x.shape);
  });
}

function projectRowsL1(rows: Tensor2D, radius: PerSample): Tensor {
  const r = perSample(radius, rows, 'radius');
  const sizes = tf.abs(rows);
  const outside = tf.greater(tf.sum(sizes, 1, true), r);
  const finite = tf.minimum(r, tf.sum(sizes, 1, true));
  const projected = tf.mul(tf.sign(rows), projectRowsSimplex(sizes as Tensor2D, finite));
  return tf.where(tf.broadcastTo(outside, rows.shape), projected, rows);
}

function projectRowsSimplex(rows: Tensor2D, total: Tensor): Tensor {
  const high = tf.max(rows, 1, true);
  const cut = (t: Tensor) => tf.relu(tf.sub(rows, t));
  const points = cut(threshold((t) => tf.sum(cut(t), 1, true), total, tf.sub(high, total), high));
  return scaleToTotal(points, total);
}

/** Removes what rounding left between the sum of each row and its total. */
function scaleToTotal(points: Tensor, total: Tensor): Tensor {
  const sum = tf.sum(points, 1, true);
  return tf.mul(points, tf.div(total, tf.where(tf.greater(sum, 0), sum, tf.onesLike(sum))));
}
