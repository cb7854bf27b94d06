import { ShapeError } from '@equipoise/spec';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { flattenSamples } from '../batches/samples.js';
import { type PerSample, perSample } from '../norms/per-sample.js';
import { threshold } from './threshold.js';

/**
 * The nearest perturbation, sample by sample, that is inside the l1 ball and keeps the input inside the box:
 * `{d : Σ|d_i| <= radius, low <= x_i + d_i <= high}`, in the l2 sense.
 *
 * `d_i = sign(v_i)·clip(|v_i| − t, 0, room_i)`, where `room_i` is the way from `x_i` to the box's side in the direction
 * of `v_i`, and t >= 0 is the smallest that meets the radius (Croce and Hein 2021, proposition 2.1). Solved for t itself
 * and thereby right in few dimensions too, where AutoAttack's walk over the breakpoints is not. Projecting on the ball
 * and clipping afterwards is feasible, but farther away.
 *
 * @param delta perturbations v, `[batch, …]`
 * @param x the inputs that they are added to, of the same shape, inside the box
 * @param radius one number, or one a sample
 * @param bounds the sides of the box
 * @returns of the shape of `delta`
 * @throws ShapeError if the shapes differ or there is not one radius a sample
 * @throws InvalidOptionsError if a radius is negative
 */
export function projectL1Box(
  delta: Tensor,
  x: Tensor,
  radius: PerSample,
  bounds: readonly [low: number, high: number],
): Tensor {
  if (!tf.util.arraysEqual(delta.shape, x.shape)) throw new ShapeError('perturbation', x.shape, delta.shape);
  return tf.tidy(() => {
    const rows = flattenSamples(delta);
    const start = flattenSamples(x);
    const r = perSample(radius, rows, 'radius');
    const sizes = tf.abs(rows);
    const room = tf.where(tf.greater(rows, 0), tf.sub(bounds[1], start), tf.sub(start, bounds[0]));
    const cut = (t: Tensor) => tf.minimum(tf.relu(tf.sub(sizes, t)), room);
    const total = (t: Tensor) => tf.sum(cut(t), 1, true);
    const high = tf.max(sizes, 1, true);
    const none = tf.zerosLike(high);
    const t = tf.where(tf.lessEqual(total(none), r), none, threshold(total, r, none, high));
    const lengths = cut(t);
    const sum = tf.sum(lengths, 1, true);
    const shrink = tf.where(tf.greater(sum, r), tf.div(r, sum), tf.onesLike(sum));
    return tf.reshape(tf.mul(tf.sign(rows), tf.mul(lengths, shrink)), delta.shape);
  });
}
