import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { chain, type ChainState } from './chain.js';
import { type GradientTransform, tidyResult, zerosLikeAll } from './transform.js';
import { weightDecay } from './weight-decay.js';

/**
 * Name of an optional kernel that a backend may register (with `tf.registerKernel`) to do the rule of Adam for one
 * weight in one pass; without it the rule is composed of eleven operations.
 *
 * - inputs: `{ gradient, firstMoment, secondMoment }`, float32, of one shape
 * - attributes: `{ beta1, beta2, stepSize, epsilon }`, numbers; both corrections of the bias are already in the last two
 * - outputs, three new tensors of that shape: `[update, newFirstMoment, newSecondMoment]` with
 *   `newFirstMoment = beta1·firstMoment + (1 − beta1)·gradient`,
 *   `newSecondMoment = beta2·secondMoment + (1 − beta2)·gradient²`,
 *   `update = −stepSize·newFirstMoment/(√newSecondMoment + epsilon)`
 */
export const ADAM_UPDATE_KERNEL = 'EquipoiseAdamUpdate';

/**
 * Name of an optional kernel that also adds the update to the weight: inputs as of {@link ADAM_UPDATE_KERNEL} and `weight`; outputs
 * `[newWeight, newFirstMoment, newSecondMoment]` with `newWeight = weight + update`. With the attribute `donates` (default false) the results
 * may take the memory of weight and moments where no other tensor shares it; these are freed afterwards and not read.
 */
export const ADAM_STEP_KERNEL = 'EquipoiseAdamStep';

/** Options of {@link adam}. */
export interface AdamOptions {
  /** The rate r where `update` is not given one; default 0.001. */
  readonly learningRate?: number;
  /** How long the mean of the gradients lasts; default 0.9. */
  readonly beta1?: number;
  /** How long the mean of their squares lasts; default 0.999. */
  readonly beta2?: number;
  /** What is added to the root, after the correction of the bias; default 1e-8. */
  readonly epsilon?: number;
  /** Weight decay d: coupled in `adam` (default 0), decoupled in `adamw` (default 0.01). */
  readonly weightDecay?: number;
}

/** The state of the rule of Adam. */
export type AdamState = {
  /** How many updates there were. */
  readonly count: number;
  /** The running mean of the gradients of each weight. */
  readonly firstMoment: readonly Tensor[];
  /** The running mean of their squares. */
  readonly secondMoment: readonly Tensor[];
};

/**
 * Adam (Kingma and Ba 2015, algorithm 1): `g ← g + d·w`, `a ← β₁a + (1 − β₁)g`, `s ← β₂s + (1 − β₂)g²`,
 * `w ← w − r·(a/(1 − β₁ᵗ))/(√(s/(1 − β₂ᵗ)) + ε)`.
 *
 * @param options the defaults of the paper
 */
export function adam(options: AdamOptions = {}): GradientTransform<ChainState> {
  const { weightDecay: decay = 0 } = options;
  return decay === 0 ? chain(adamRule(options)) : chain(weightDecay({ weightDecay: decay }), adamRule(options));
}

/**
 * AdamW (Loshchilov and Hutter 2019, algorithm 2, as in PyTorch): {@link adam} whose weight decay is taken from the
 * weights, `−r·d·w`, and not added to the gradient.
 *
 * @param options a weight decay of 0.01 by default
 */
export function adamw(options: AdamOptions = {}): GradientTransform<ChainState> {
  const { weightDecay: decay = 0.01, learningRate = 0.001 } = options;
  return chain(adamRule(options), weightDecay({ weightDecay: decay, decoupled: true, learningRate }));
}

function adamRule(options: AdamOptions): GradientTransform<AdamState> {
  const { learningRate: defaultRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  return {
    init: (params) => ({ count: 0, firstMoment: zerosLikeAll(params), secondMoment: zerosLikeAll(params) }),
    update: (gradients, state, _params, learningRate = defaultRate) =>
      tidyResult(() => {
        const [updates, next] = advanced(
          gradients,
          state,
          attributesAt(state.count + 1, learningRate),
          advanceUpdate(),
        );
        return { updates, state: next };
      }),
    advance: (gradients, state, params, learningRate = defaultRate, donates = false) =>
      tidyResult(() => {
        const [weights, next] = advanced(
          gradients,
          state,
          attributesAt(state.count + 1, learningRate),
          advanceWeight(params, donates),
        );
        return { params: weights, state: next };
      }),
  };

  function attributesAt(count: number, learningRate: number): AdamAttributes {
    const rootCorrection = Math.sqrt(1 - beta2 ** count);
    const stepSize = (learningRate * rootCorrection) / (1 - beta1 ** count);
    return { beta1, beta2, stepSize, epsilon: epsilon * rootCorrection };
  }
}

/** Advances every weight; the first of its three results, and the state. */
function advanced(
  gradients: readonly Tensor[],
  { count, firstMoment, secondMoment }: AdamState,
  attributes: AdamAttributes,
  advance: AdamAdvance,
): [results: Tensor[], state: AdamState] {
  const results = gradients.map((gradient, index) =>
    advance(gradient, firstMoment[index] as Tensor, secondMoment[index] as Tensor, attributes, index),
  );
  const state = {
    count: count + 1,
    firstMoment: results.map(([, first]) => first),
    secondMoment: results.map(([, , second]) => second),
  };
  return [results.map(([one]) => one), state];
}

type AdamAttributes = { readonly [name in 'beta1' | 'beta2' | 'stepSize' | 'epsilon']: number };
type AdamResult = readonly [updateOrWeight: Tensor, firstMoment: Tensor, secondMoment: Tensor];
type AdamAdvance = (
  gradient: Tensor,
  first: Tensor,
  second: Tensor,
  attributes: AdamAttributes,
  index: number,
) => AdamResult;

function hasKernel(name: string): boolean {
  return tf.getKernel(name, tf.getBackend()) !== undefined;
}

function runKernel(
  name: string,
  inputs: tf.NamedTensorMap,
  attributes: AdamAttributes & { readonly donates?: boolean },
): AdamResult {
  return tf.engine().runKernel(name, inputs, attributes) as unknown as AdamResult;
}

function advanceUpdate(): AdamAdvance {
  if (!hasKernel(ADAM_UPDATE_KERNEL)) return composed;
  return (gradient, firstMoment, secondMoment, attributes) =>
    runKernel(ADAM_UPDATE_KERNEL, { gradient, firstMoment, secondMoment }, attributes);
}

function advanceWeight(params: readonly Tensor[], donates: boolean): AdamAdvance {
  if (hasKernel(ADAM_STEP_KERNEL))
    return (gradient, firstMoment, secondMoment, attributes, index) => {
      const weight = params[index] as Tensor;
      return runKernel(ADAM_STEP_KERNEL, { weight, gradient, firstMoment, secondMoment }, { ...attributes, donates });
    };
  const advance = advanceUpdate();
  return (...given) => {
    const [update, first, second] = advance(...given);
    return [tf.add(params[given[4]] as Tensor, update), first, second];
  };
}

const composed: AdamAdvance = (gradient, firstMoment, secondMoment, { beta1, beta2, stepSize, epsilon }) => {
  const first = tf.add(tf.mul(firstMoment, beta1), tf.mul(gradient, 1 - beta1));
  const second = tf.add(tf.mul(secondMoment, beta2), tf.mul(tf.square(gradient), 1 - beta2));
  return [tf.mul(tf.div(first, tf.add(tf.sqrt(second), epsilon)), -stepSize), first, second];
};
