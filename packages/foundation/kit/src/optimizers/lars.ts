import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { chain, type ChainState } from './chain.js';
import type { MomentumState } from './sgd.js';
import { type GradientTransform, tidyResult, zerosLikeAll } from './transform.js';
import { weightDecay } from './weight-decay.js';

/** Options of {@link lars}. */
export interface LarsOptions {
  /** The rate r where `update` is not given one; default 1. */
  readonly learningRate?: number;
  /** The factor m by which the velocity lasts; default 0.9. */
  readonly momentum?: number;
  /** Weight decay d; default 0. */
  readonly weightDecay?: number;
  /** The trust coefficient η; default 0.001. */
  readonly eta?: number;
}

/**
 * Layer-wise adaptive rate scaling (You et al. 2017), by the rule of SimCLR's code: `g ← g + d·w`,
 * `q = η|w|/|g|` (1 where |w| or |g| is zero), `v ← m·v + r·q·g`, `w ← w − v`. Weights of rank 0 or 1 (biases, scales of
 * normalisations) have neither decay nor q. The rate is part of the velocity, unlike in {@link sgd}.
 *
 * @param options momentum 0.9 and η = 0.001 by default
 */
export function lars(options: LarsOptions = {}): GradientTransform<ChainState> {
  const { weightDecay: decay = 0 } = options;
  const rule = larsRule(options);
  return decay === 0 ? chain(rule) : chain(weightDecay({ weightDecay: decay, vectors: false }), rule);
}

function larsRule(options: LarsOptions): GradientTransform<MomentumState> {
  const { learningRate: defaultRate = 1, momentum = 0.9, eta = 0.001 } = options;
  return {
    init: (params) => ({ velocity: zerosLikeAll(params) }),
    update: (gradients, state, params, learningRate = defaultRate) =>
      tidyResult(() => {
        const velocity = gradients.map((gradient, index) => {
          const rate = tf.mul(trust(params[index] as Tensor, gradient, eta), learningRate);
          return tf.add(tf.mul(state.velocity[index] as Tensor, momentum), tf.mul(gradient, rate));
        });
        return { updates: velocity.map((one) => tf.neg(one)), state: { velocity } };
      }),
  };
}

function trust(param: Tensor, gradient: Tensor, eta: number): Tensor {
  if (param.rank <= 1) return tf.scalar(1);
  const sizes = [param, gradient].map((tensor) => tf.sqrt(tf.sum(tf.square(tensor)))) as [Tensor, Tensor];
  const positive = tf.logicalAnd(tf.greater(sizes[0], 0), tf.greater(sizes[1], 0));
  const safe = tf.where(positive, sizes[1], tf.scalar(1));
  return tf.where(positive, tf.div(tf.mul(sizes[0], eta), safe), tf.scalar(1));
}
