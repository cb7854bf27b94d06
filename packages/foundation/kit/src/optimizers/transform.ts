import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/** What an optimizer remembers: tensors and whole numbers in arrays and plain objects. */
export type StateTree = Tensor | number | readonly StateTree[] | { readonly [name: string]: StateTree };

/** What an update gives. */
export interface TransformResult<State> {
  /** One for each gradient; of a whole optimizer, what is added to the weights. */
  readonly updates: Tensor[];
  /** The state for the next update; new tensors, none shared with the state before. */
  readonly state: State;
}

/** What a whole step gives. */
export interface AdvanceResult<State> {
  /** The new weights, new tensors. */
  readonly params: Tensor[];
  /** The state for the next step; new tensors, none shared with the state before. */
  readonly state: State;
}

/**
 * A pure function from gradients to updates, with a state that is handed in and out.
 *
 * An optimizer is a chain of such transforms. Those before the rule of the optimizer turn gradients into gradients
 * (clipping, coupled weight decay); the rule multiplies by the learning rate and by −1; those after it turn updates into
 * updates (decoupled weight decay).
 */
export interface GradientTransform<State extends StateTree = StateTree> {
  /**
   * The state before the first update.
   * @param params the weights; only their shapes count
   */
  init(params: readonly Tensor[]): State;
  /**
   * Turns gradients into updates; frees nothing that it is given, and the caller owns what it gets.
   * @param gradients one for each weight, in the order of `params`
   * @param state what the last update, or `init`, gave
   * @param params the weights
   * @param learningRate the rate of this step; default: the one that the transform was made with
   */
  update(
    gradients: readonly Tensor[],
    state: State,
    params: readonly Tensor[],
    learningRate?: number,
  ): TransformResult<State>;
  /**
   * What `update` and adding to the weights give, at once, where that is cheaper; {@link takeStep} prefers it. Parameters as of `update`.
   * @param donates whether the results may take the memory of `state` and `params`, which the caller then frees and does not read again;
   * default false. What another tensor shares is never taken.
   */
  advance?(
    gradients: readonly Tensor[],
    state: State,
    params: readonly Tensor[],
    learningRate?: number,
    donates?: boolean,
  ): AdvanceResult<State>;
}

/** Calls a function inside a tidy that lets what it returns live. */
export function tidyResult<Result extends TransformResult<unknown> | AdvanceResult<unknown>>(
  body: () => Result,
): Result {
  return tf.tidy(body as unknown as () => tf.TensorContainer) as unknown as Result;
}

/** Tensors of zeros of the shapes of the weights. */
export function zerosLikeAll(params: readonly Tensor[]): Tensor[] {
  return params.map((param) => tf.zeros(param.shape));
}
