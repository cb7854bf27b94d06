import { type Region, stepDirection, type StepRule } from '@equipoise/ascent';
import { clipToBounds, createSchedule, dualNorm, projectBall, projectL1Box, sampleNorm } from '@equipoise/kit';
import type { Norm } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { reach } from '../box.js';
import { projectSparseBox } from './project-sparse-box.js';

/** How FMN steps. */
export interface AdaptiveNormOptions {
  /** The norm of the ball. */
  readonly norm: Norm | 'l0';
  /** Length of the first gradient step. */
  readonly stepSize: number;
  /** Length of the last one. */
  readonly finalStepSize: number;
  /** First share by which the radius changes. */
  readonly gamma: number;
  /** Last one. */
  readonly finalGamma: number;
}

type AdaptiveNormState = {
  /** The radius of each sample. */
  readonly eps: tf.Tensor1D;
  /** The smallest distance of a success; before the first, the largest distance that there is. */
  readonly best: tf.Tensor1D;
  /** One after the first success. */
  readonly found: tf.Tensor1D;
};

/** The rule of FMN; see the attack for the formulas. */
export function adaptiveNormSteps(options: AdaptiveNormOptions, box: Region): StepRule<AdaptiveNormState> {
  const { norm, stepSize, finalStepSize, gamma, finalGamma } = options;
  const alpha = createSchedule({ schedule: 'cosine', learningRate: stepSize, finalLearningRate: finalStepSize });
  const share = createSchedule({ schedule: 'cosine', learningRate: gamma, finalLearningRate: finalGamma });
  return {
    gradients: true,
    init: (start, original, { rows }) =>
      tf.tidy(() => {
        const best = reach(box, original, rows, norm);
        const size = sampleNorm(tf.sub(start, original), norm);
        const eps = norm === 'l0' ? (tf.maximum(size, 1) as tf.Tensor1D) : size;
        return { eps, best, found: tf.zerosLike(best) };
      }),
    next: ({ x, original, rows, seen, step, steps }, state) =>
      tf.tidy(() => {
        const gradients = box.masked(seen.gradients as tf.Tensor, rows);
        const delta = tf.sub(x, original);
        const size = sampleNorm(delta, norm);
        const best = tf.where(seen.success, tf.minimum(state.best, size), state.best) as tf.Tensor1D;
        const found = tf.maximum(state.found, tf.cast(seen.success, 'float32')) as tf.Tensor1D;
        const known = { ...state, best, found };
        const wanted =
          norm === 'l0'
            ? nextCount(known, seen.success, share(step, steps))
            : nextRadius(
                known,
                seen.success,
                share(step, steps),
                tf.add(size, toBoundary(seen.values, gradients, norm)),
              );
        const eps = tf.minimum(wanted, reach(box, original, rows, norm)) as tf.Tensor1D;
        const stepped = tf.add(delta, tf.mul(stepDirection(gradients, 'l2'), alpha(step, steps)));
        const inBall = project(stepped, original, norm, eps, box);
        return { x: clipToBounds(tf.add(original, inBall), box.options.bounds), state: { eps, best, found } };
      }),
  };
}

/** The distance to the boundary if it were a plane; zero where the gradient is. */
function toBoundary(values: tf.Tensor, gradients: tf.Tensor, norm: Norm): tf.Tensor {
  const steepness = dualNorm(gradients, norm);
  const isFlat = tf.equal(steepness, 0);
  const distance = tf.div(tf.abs(values), tf.where(isFlat, tf.onesLike(steepness), steepness));
  return tf.where(isFlat, tf.zerosLike(steepness), distance);
}

function nextRadius(
  { eps, best, found }: AdaptiveNormState,
  success: tf.Tensor,
  share: number,
  estimate: tf.Tensor,
): tf.Tensor {
  const smaller = tf.minimum(tf.mul(eps, 1 - share), best);
  const larger = tf.mul(tf.where(tf.greater(found, 0), eps, tf.maximum(eps, estimate)), 1 + share);
  return tf.where(success, smaller, larger);
}

function nextCount({ eps, best }: AdaptiveNormState, success: tf.Tensor, share: number): tf.Tensor {
  const smaller = tf.minimum(tf.minimum(tf.sub(eps, 1), tf.floor(tf.mul(eps, 1 - share))), best);
  const larger = tf.maximum(tf.add(eps, 1), tf.floor(tf.mul(eps, 1 + share)));
  return tf.maximum(tf.where(success, smaller, larger), 1);
}

function project(delta: tf.Tensor, original: tf.Tensor, norm: Norm | 'l0', eps: tf.Tensor1D, box: Region): tf.Tensor {
  if (norm === 'l0') return projectSparseBox(delta, original, eps, box.options.bounds);
  return norm === 'l1' ? projectL1Box(delta, original, eps, box.options.bounds) : projectBall(delta, norm, eps);
}
