import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type GradientTransform, tidyResult } from './transform.js';

/** Options of {@link weightDecay}. */
export interface WeightDecayOptions {
  /** The factor d. */
  readonly weightDecay: number;
  /**
   * Where it acts: coupled (default), before the rule of the optimizer, `g + d·w`, the gradient of `d·|w|²/2`; decoupled,
   * after it, `u − rate·d·w` (Loshchilov and Hutter 2019).
   */
  readonly decoupled?: boolean;
  /** Whether weights of rank 0 and 1 (biases, scales) decay too; default true. */
  readonly vectors?: boolean;
  /** The rate that a decoupled decay is multiplied by where `update` is not given one; default 1. */
  readonly learningRate?: number;
}

/**
 * Draws the weights towards zero.
 *
 * @param options the factor, and where it acts
 */
export function weightDecay(options: WeightDecayOptions): GradientTransform<Record<string, never>> {
  const { weightDecay: factor, decoupled = false, vectors = true, learningRate: defaultRate = 1 } = options;
  return {
    init: () => ({}),
    update: (gradients, state, params, learningRate = defaultRate) =>
      tidyResult(() => {
        const scale = decoupled ? -learningRate * factor : factor;
        const decays = (param: Tensor) => scale !== 0 && (vectors || param.rank > 1);
        const updates = gradients.map((gradient, index) => {
          const param = params[index] as Tensor;
          return decays(param) ? tf.add(gradient, tf.mul(param, scale)) : tf.clone(gradient);
        });
        return { updates, state };
      }),
  };
}
