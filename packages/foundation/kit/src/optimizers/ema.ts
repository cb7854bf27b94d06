import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { zerosLikeAll } from './transform.js';

/** Options of {@link ema}. */
export interface EmaOptions {
  /** The factor k by which the average lasts; default 0.999. */
  readonly decay?: number;
  /** Start from zero and divide by `1 − kᵗ`, so that the first weights do not count; default false. */
  readonly biasCorrection?: boolean;
}

/** The state of a moving average. */
export type EmaState = {
  /** How many updates there were. */
  readonly count: number;
  /** The average of each weight, not corrected. */
  readonly average: readonly Tensor[];
};

/** An average of weights over the steps of a training, pure as a gradient transform is. */
export interface WeightAverage {
  /** The state before the first update; the caller owns it. */
  init(params: readonly Tensor[]): EmaState;
  /** The state after a step; the caller owns it, and frees the one before. */
  update(params: readonly Tensor[], state: EmaState): EmaState;
  /** The averaged weights; the caller owns them. */
  read(state: EmaState): Tensor[];
}

/**
 * The exponential moving average of weights, `e ← k·e + (1 − k)·w` after every step, from `e = w₀`, or with
 * `biasCorrection` from `e = 0` and read as `e/(1 − kᵗ)`.
 *
 * @param options a decay of 0.999 without correction by default
 */
export function ema(options: EmaOptions = {}): WeightAverage {
  const { decay = 0.999, biasCorrection = false } = options;
  return {
    init: (params) => ({
      count: 0,
      average: biasCorrection ? zerosLikeAll(params) : params.map((param) => tf.clone(param)),
    }),
    update: (params, state) => ({
      count: state.count + 1,
      average: tf.tidy(() =>
        params.map((param, index) => tf.add(tf.mul(state.average[index] as Tensor, decay), tf.mul(param, 1 - decay))),
      ),
    }),
    read: ({ count, average }) => {
      const correction = biasCorrection && count > 0 ? 1 / (1 - decay ** count) : 1;
      return tf.tidy(() => average.map((one) => tf.mul(one, correction)));
    },
  };
}
