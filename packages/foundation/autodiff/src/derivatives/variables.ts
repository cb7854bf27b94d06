import * as tf from '@tensorflow/tfjs-core';
import { ShapeError } from '@equipoise/spec';
import { backward, release } from './run.js';

/** What is minimised, and any further tensors, such as the named parts of a loss. */
export interface Total {
  readonly total: tf.Scalar;
}

/**
 * The value of a loss and the gradient of its total with respect to variables.
 *
 * Everything that f returns is kept and belongs to the caller, as do the gradients; everything else that f makes is disposed.
 * @param f computes `{ total, ... }`; tensors at any depth of objects and arrays are kept
 * @param variables what to differentiate by
 * @returns `value`, of the structure that f returned, and `gradients` in the order of the variables; zeros where the total does not depend on one
 * @throws ShapeError if the total is not a scalar
 */
export function valueAndGradients<T extends Total>(
  f: () => T,
  variables: readonly tf.Tensor[],
): { value: T; gradients: tf.Tensor[] } {
  const run = () => {
    let kept: T | undefined;
    const { gradients } = backward(() => {
      const value = f();
      if (value.total.rank !== 0) throw new ShapeError('the total of the loss', [], value.total.shape);
      kept = mapTensors(value, (tensor) => tf.keep(tf.clone(tensor)));
      return value.total;
    }, variables);
    return { value: mapTensors(kept as T, release), gradients };
  };
  return tf.tidy(run as unknown as () => tf.TensorContainer) as unknown as ReturnType<typeof run>;
}

function mapTensors<T>(value: T, map: (tensor: tf.Tensor) => tf.Tensor): T {
  if (value instanceof tf.Tensor) return map(value) as T;
  if (Array.isArray(value)) return value.map((entry) => mapTensors(entry as unknown, map)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, mapTensors(entry as unknown, map)])) as T;
}
