import { type Region, stepDirection, type StepRule } from '@equipoise/ascent';
import { clipToBounds, dualNorm, expandPerSample } from '@equipoise/kit';
import * as tf from '@tensorflow/tfjs-core';
import type { Boundaries } from './boundaries.js';

/** Farther than any boundary. */
const FAR = 1e30;

/** Number of steps as published. */
const PLAIN_STEPS = 5;
/** By how much later steps are longer, in units of the input: float32 does not see a step across of a share of almost nothing. */
const MARGIN = 1e-4;

type LinearisedState = {
  /** The sum of the steps, without overshoot and box. */
  readonly total: tf.Tensor;
};

/**
 * The rule of DeepFool; see the attack for the formulas. After five steps entries at the side of the box that would leave it are left out of the
 * gradient, and steps are longer by 1e-4: where the box cuts a step, the published one comes nearer to the boundary each time and never across. A boundary whose gradient is zero is never the nearest; where all are, the sample stays.
 *
 * @param norm how distances are measured
 * @param overshoot share of each step that is added
 * @param box bounds and mask
 */
export function linearisedSteps(norm: 'l2' | 'linf', overshoot: number, box: Region): StepRule<LinearisedState> {
  return {
    gradients: true,
    init: (start, original) => tf.tidy(() => ({ total: tf.div(tf.sub(start, original), 1 + overshoot) })),
    next: ({ x: at, original, rows, seen, step }, { total }) =>
      tf.tidy(() => {
        const { differences, gradients } = seen as Boundaries;
        const free = (gradient: tf.Tensor) => (step < PLAIN_STEPS ? gradient : inward(gradient, at, box));
        const each = tf.unstack(gradients, 1).map((gradient) => box.masked(free(gradient), rows));
        const further = step < PLAIN_STEPS ? 0 : MARGIN;
        const next = tf.add(total, toNearest(differences, each, norm, further));
        const x = clipToBounds(tf.add(original, tf.mul(next, 1 + overshoot)), box.options.bounds);
        return { x, state: { total: next } };
      }),
  };
}

/** A gradient without the entries along which the box ends. */
function inward(gradient: tf.Tensor, x: tf.Tensor, box: Region): tf.Tensor {
  const [low, high] = box.options.bounds;
  const isLow = tf.logicalAnd(tf.lessEqual(x, low), tf.less(gradient, 0));
  const isHigh = tf.logicalAnd(tf.greaterEqual(x, high), tf.greater(gradient, 0));
  return tf.mul(gradient, tf.cast(tf.logicalNot(tf.logicalOr(isLow, isHigh)), 'float32'));
}

/** The step to the nearest of the boundaries, if they were planes, and a little further. */
function toNearest(
  differences: tf.Tensor2D,
  gradients: readonly tf.Tensor[],
  norm: 'l2' | 'linf',
  further: number,
): tf.Tensor {
  const steepness = tf.stack(
    gradients.map((gradient) => dualNorm(gradient, norm)),
    1,
  );
  const isFlat = tf.equal(steepness, 0);
  const distances = tf.div(tf.abs(differences), tf.where(isFlat, tf.onesLike(steepness), steepness));
  const nearest = tf.argMin(tf.where(isFlat, tf.fill(distances.shape, FAR), distances), 1);
  const steps = gradients.map((gradient, boundary) => {
    const isNearest = tf.cast(tf.equal(nearest, boundary), 'float32');
    const distance = tf.squeeze(tf.slice(distances, [0, boundary], [-1, 1]), [1]);
    const length = tf.mul(tf.add(distance, further), isNearest);
    return tf.mul(stepDirection(gradient, norm), expandPerSample(length, gradient.rank));
  });
  return tf.addN(steps);
}
