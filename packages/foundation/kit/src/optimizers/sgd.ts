import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { chain, type ChainState } from './chain.js';
import { type GradientTransform, type StateTree, tidyResult, zerosLikeAll } from './transform.js';
import { weightDecay } from './weight-decay.js';

/** Options of {@link sgd}. */
export interface SgdOptions {
  /** The rate r where `update` is not given one. */
  readonly learningRate?: number;
  /** The factor m by which the velocity lasts; default 0. */
  readonly momentum?: number;
  /** Whether to look ahead; default false. */
  readonly nesterov?: boolean;
  /** Coupled weight decay d; default 0. */
  readonly weightDecay?: number;
}

/** The state of the momentum rule. */
export type MomentumState = {
  /** The velocity v of each weight. */
  readonly velocity: readonly Tensor[];
};

/**
 * Stochastic gradient descent, the convention of PyTorch and TensorFlow.js (the rate is no part of the velocity):
 *
 * `g ← g + d·w`, `v ← m·v + g`, `w ← w − r·v`, or with Nesterov's look ahead `w ← w − r·(g + m·v)` with the new v.
 *
 * @param options a rate of 0.01 and no momentum by default
 */
export function sgd(options: SgdOptions = {}): GradientTransform<ChainState> {
  const { learningRate = 0.01, momentum: factor = 0, nesterov: lookAhead = false, weightDecay: decay = 0 } = options;
  const rule: GradientTransform<StateTree & object> =
    factor === 0 ? descent(learningRate) : (velocityRule(learningRate, factor, lookAhead) as never);
  return decay === 0 ? chain(rule) : chain(weightDecay({ weightDecay: decay }), rule);
}

/**
 * Stochastic gradient descent with momentum: {@link sgd} with momentum 0.9 by default (Polyak 1964).
 *
 * @param options as of `sgd`
 */
export function momentum(options: SgdOptions = {}): GradientTransform<ChainState> {
  return sgd({ momentum: 0.9, ...options });
}

/**
 * Stochastic gradient descent with Nesterov's momentum: {@link sgd} with momentum 0.9 and look ahead by default
 * (Sutskever et al. 2013).
 *
 * @param options as of `sgd`
 */
export function nesterov(options: SgdOptions = {}): GradientTransform<ChainState> {
  return sgd({ momentum: 0.9, nesterov: true, ...options });
}

function descent(defaultRate: number): GradientTransform<Record<string, never>> {
  return {
    init: () => ({}),
    update: (gradients, state, _params, learningRate = defaultRate) =>
      tidyResult(() => ({ updates: gradients.map((gradient) => tf.mul(gradient, -learningRate)), state })),
  };
}

function velocityRule(defaultRate: number, factor: number, lookAhead: boolean): GradientTransform<MomentumState> {
  return {
    init: (params) => ({ velocity: zerosLikeAll(params) }),
    update: (gradients, state, _params, learningRate = defaultRate) =>
      tidyResult(() => {
        const advance = (gradient: Tensor, index: number, from: readonly Tensor[]) =>
          tf.add(tf.mul(from[index] as Tensor, factor), gradient);
        const velocity = gradients.map((gradient, index) => advance(gradient, index, state.velocity));
        const direction = lookAhead ? gradients.map((gradient, index) => advance(gradient, index, velocity)) : velocity;
        return { updates: direction.map((one) => tf.mul(one, -learningRate)), state: { velocity } };
      }),
  };
}
