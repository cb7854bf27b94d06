import { ShapeError } from '@equipoise/spec';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { disposeAll } from '../ownership/ownership.js';
import type { GradientTransform, StateTree } from './transform.js';

/**
 * Adds updates to weights, in place.
 *
 * @param variables the weights
 * @param updates one for each, of its shape
 * @throws ShapeError if there is not one update for each
 */
export function applyUpdates(variables: readonly Variable[], updates: readonly Tensor[]): void {
  requireOneForEach(variables, updates);
  tf.tidy(() => {
    variables.forEach((variable, index) => variable.assign(tf.add(variable, updates[index] as Tensor)));
  });
}

/**
 * One step of training: updates the weights in place and frees the old state.
 *
 * @param transform the optimizer
 * @param gradients one for each weight; the caller still owns them
 * @param state what `init` or the last step gave; freed
 * @param variables the weights
 * @param learningRate the rate of this step; default: the one that the transform was made with
 * @returns the state for the next step; the caller owns it
 * @throws ShapeError if there is not one gradient for each weight
 */
export function takeStep<State extends StateTree>(
  transform: GradientTransform<State>,
  gradients: readonly Tensor[],
  state: State,
  variables: readonly Variable[],
  learningRate?: number,
): State {
  if (transform.advance) {
    requireOneForEach(variables, gradients);
    const { params, state: next } = transform.advance(gradients, state, variables, learningRate, true);
    variables.forEach((variable, index) => variable.assign(params[index] as Tensor));
    disposeAll([params, state]);
    return next;
  }
  const result = transform.update(gradients, state, variables, learningRate);
  applyUpdates(variables, result.updates);
  disposeAll([result.updates, state]);
  return result.state;
}

function requireOneForEach(variables: readonly Variable[], updates: readonly Tensor[]): void {
  if (variables.length !== updates.length) throw new ShapeError('updates', [variables.length], [updates.length]);
}
