import { expandPerSample } from '@equipoise/kit';
import * as tf from '@tensorflow/tfjs-core';
import type { SampleState, StepRule } from '../loop/contracts.js';
import type { Region } from '../region/region.js';
import { dividedByL1, stepDirection } from './directions.js';

/** How projected gradient steps are made. */
export interface ProjectedStepsOptions {
  /** Where the inputs may be. */
  readonly region: Region;
  /** Length of a step, in the region's norm: one number, one a row of the caller's batch, or a function of the step's number. */
  readonly stepSize: number | readonly number[] | ((step: number) => number);
  /** Decay of accumulated gradients, each divided by its l1 norm (Dong et al. 2018); absent: no momentum. */
  readonly decay?: number | undefined;
  /** Share of the entries that an l1 step moves. */
  readonly sparsity?: number | undefined;
  /** `raw` steps along the gradient itself; default `steepest`, of length one in the region's norm. */
  readonly direction?: 'steepest' | 'raw' | undefined;
}

/**
 * Projected gradient ascent: `x ← P(x + stepSize · d)`, d the direction of the gradient or of `m ← decay · m + g/|g|₁`
 * (Madry et al. 2018; Dong et al. 2018, algorithm 1).
 *
 * @param options region, step and momentum
 */
export function projectedSteps(options: ProjectedStepsOptions): StepRule {
  const { region, decay, sparsity, direction = 'steepest' } = options;
  return {
    gradients: true,
    init: (start): SampleState => (decay === undefined ? {} : { momentum: tf.zerosLike(start) }),
    next: ({ x, original, rows, step, seen }, state) =>
      tf.tidy(() => {
        const gradients = region.masked(seen.gradients as tf.Tensor, rows);
        const momentum = decay === undefined ? undefined : accumulated(state.momentum as tf.Tensor, gradients, decay);
        const along = momentum ?? gradients;
        const d = direction === 'raw' ? along : stepDirection(along, region.options.norm, sparsity);
        const moved = region.project(tf.add(x, tf.mul(d, sizeAt(options.stepSize, step, rows, x.rank))), original, {
          rows,
        });
        return { x: moved, state: momentum ? { momentum } : {} };
      }),
  };
}

function accumulated(momentum: tf.Tensor, gradients: tf.Tensor, decay: number): tf.Tensor {
  return tf.add(tf.mul(momentum, decay), dividedByL1(gradients));
}

function sizeAt(
  stepSize: ProjectedStepsOptions['stepSize'],
  step: number,
  rows: tf.Tensor1D,
  rank: number,
): number | tf.Tensor {
  if (typeof stepSize === 'function') return stepSize(step);
  if (typeof stepSize === 'number') return stepSize;
  return expandPerSample(tf.gather(tf.tensor1d([...stepSize], 'float32'), rows), rank);
}
