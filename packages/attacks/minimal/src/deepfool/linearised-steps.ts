import { type Region, stepDirection, type StepRule } from '@equipoise/ascent';
import { clipToBounds, dualNorm, expandPerSample } from '@equipoise/kit';
import * as tf from '@tensorflow/tfjs-core';
import type { Boundaries } from './boundaries.js';

/** Farther than any boundary. */
const FAR = 1e30;

type LinearisedState = {
  /** The sum of the steps, without overshoot and box. */
  readonly total: tf.Tensor;
};

/**
 * The rule of DeepFool; see the attack for the formulas. A boundary whose gradient is zero is never the nearest; where all are, the sample stays.
 *
 * @param norm how distances are measured
 * @param overshoot share of each step that is added
 * @param box bounds and mask
 */
export function linearisedSteps(norm: 'l2' | 'linf', overshoot: number, box: Region): StepRule<LinearisedState> {
  return {
    gradients: true,
    init: (start, original) => tf.tidy(() => ({ total: tf.div(tf.sub(start, original), 1 + overshoot) })),
    next: ({ original, rows, seen }, { total }) =>
      tf.tidy(() => {
        const { differences, gradients } = seen as Boundaries;
        const each = tf.unstack(gradients, 1).map((gradient) => box.masked(gradient, rows));
        const step = toNearest(differences, each, norm);
        const next = tf.add(total, step);
        const x = clipToBounds(tf.add(original, tf.mul(next, 1 + overshoot)), box.options.bounds);
        return { x, state: { total: next } };
      }),
  };
}

/** The step to the nearest of the boundaries, if they were planes. */
function toNearest(differences: tf.Tensor2D, gradients: readonly tf.Tensor[], norm: 'l2' | 'linf'): tf.Tensor {
  const steepness = tf.stack(
    gradients.map((gradient) => dualNorm(gradient, norm)),
    1,
  );
  const isFlat = tf.equal(steepness, 0);
  const distances = tf.div(tf.abs(differences), tf.where(isFlat, tf.onesLike(steepness), steepness));
  const nearest = tf.argMin(tf.where(isFlat, tf.fill(distances.shape, FAR), distances), 1);
  const steps = gradients.map((gradient, boundary) => {
    const isNearest = tf.cast(tf.equal(nearest, boundary), 'float32');
    const length = tf.mul(tf.squeeze(tf.slice(distances, [0, boundary], [-1, 1]), [1]), isNearest);
    return tf.mul(stepDirection(gradient, norm), expandPerSample(length, gradient.rank));
  });
  return tf.addN(steps);
}
