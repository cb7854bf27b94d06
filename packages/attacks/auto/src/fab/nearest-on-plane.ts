import { expandPerSample, flattenSamples, threshold } from '@equipoise/kit';
import type { Norm } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';

/** Rounds of Newton's method; it approaches from below and is exact once no further entry reaches its side, mostly after three or four. */
const ROUNDS = 16;

/** A plane `{z : value + ⟨normal, z − point⟩ = 0}` of each sample, seen from a point. */
export interface Plane {
  /** Where the plane is seen from, `[batch, …]`, inside the box. */
  readonly point: tf.Tensor;
  /** The normal w, of the same shape. */
  readonly normal: tf.Tensor;
  /** The value at the point, `[batch]`. */
  readonly value: tf.Tensor;
}

/**
 * The smallest move of each sample, in a norm, that takes it to a plane without leaving the box: `min ‖d‖ : value + ⟨w, d⟩ = 0,
 * low <= point + d <= high`; where no such move exists, the one that comes nearest to the plane (Croce and Hein 2020, FAB, section 3.1).
 *
 * Entry i goes against `w_i`, by at most its room r_i to the side of the box:
 *
 * - linf: `min(t, r_i)`
 * - l2: `min(t |w_i|, r_i)`
 * - l1: r_i where `|w_i|` is above t, nothing below, and at t the share that is missing
 *
 * with the t at which `Σ |w_i| lengthᵢ = |value|`: by Newton's method, for l1 by halving an interval, where the authors' code sorts.
 *
 * @param plane the plane
 * @param norm how moves are measured
 * @param bounds the sides of the box
 * @returns d, of the shape of the point; zeros where w is
 */
export function nearestOnPlane(
  { point, normal, value }: Plane,
  norm: Norm,
  [low, high]: readonly [low: number, high: number],
): tf.Tensor {
  return tf.tidy(() => {
    const x = flattenSamples(point);
    const away = tf.mul(tf.neg(flattenSamples(normal)), upwards(value));
    const largest = tf.max(tf.abs(away), 1, true);
    const scale = tf.where(tf.greater(largest, 0), largest, tf.onesLike(largest));
    const weights = tf.div(tf.abs(away), scale);
    const needed = tf.div(expandPerSample(tf.abs(value), 2), scale);
    const side = tf.where(tf.greater(away, 0), tf.sub(high, x), tf.sub(x, low));
    const room = tf.where(tf.equal(away, 0), tf.zerosLike(x), side);
    const lengths = norm === 'l1' ? greedy(weights, room, needed) : reaching(weights, room, needed, norm);
    return tf.reshape(tf.mul(tf.sign(away), lengths), point.shape);
  });
}

/** One where the value is zero or more, else minus one, `[batch, 1]`. */
function upwards(value: tf.Tensor): tf.Tensor {
  const isUp = tf.cast(tf.greaterEqual(value, 0), 'float32');
  return expandPerSample(tf.sub(tf.mul(isUp, 2), 1), 2);
}

function reaching(weights: tf.Tensor, room: tf.Tensor, needed: tf.Tensor, norm: 'linf' | 'l2'): tf.Tensor {
  const speeds = norm === 'linf' ? tf.ones([1, 1]) : weights;
  let t: tf.Tensor = tf.zerosLike(needed);
  for (let round = 0; round < ROUNDS; round++) {
    t = tf.tidy(() => {
      const free = tf.mul(t, speeds);
      const reached = tf.sum(tf.mul(weights, tf.minimum(free, room)), 1, true);
      const moves = tf.cast(tf.less(free, room), 'float32');
      const slope = tf.sum(tf.mul(tf.mul(weights, speeds), moves), 1, true);
      const isShort = tf.logicalAnd(tf.less(reached, needed), tf.greater(slope, 0));
      const step = tf.div(tf.sub(needed, reached), tf.where(isShort, slope, tf.onesLike(slope)));
      return tf.where(isShort, tf.add(t, step), t);
    });
  }
  return tf.minimum(tf.mul(t, speeds), room);
}

function greedy(weights: tf.Tensor, room: tf.Tensor, needed: tf.Tensor): tf.Tensor {
  const gains = tf.mul(weights, room);
  const total = (chosen: tf.Tensor) => tf.sum(tf.mul(gains, chosen), 1, true);
  const notBelow = (t: tf.Tensor) => tf.cast(tf.greaterEqual(weights, t), 'float32');
  const none = tf.zerosLike(needed);
  const t = threshold((level) => total(notBelow(level)), needed, none, tf.onesLike(none));
  const chosen = notBelow(t);
  const smallest = tf.min(tf.where(tf.greater(chosen, 0), weights, tf.onesLike(weights)), 1, true);
  const isLast = tf.mul(chosen, tf.cast(tf.equal(weights, smallest), 'float32'));
  const ofLast = total(isLast);
  const surplus = tf.sub(total(chosen), needed);
  const given = tf.div(surplus, tf.where(tf.greater(ofLast, 0), ofLast, tf.onesLike(ofLast)));
  const share = tf.sub(1, tf.clipByValue(given, 0, 1));
  return tf.mul(room, tf.add(tf.sub(chosen, isLast), tf.mul(isLast, share)));
}
