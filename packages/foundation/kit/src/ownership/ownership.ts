import * as tf from '@tensorflow/tfjs-core';
import { type TensorContainer, tensorsIn } from './tensors-in.js';

/**
 * Frees every tensor in a container; those that were freed already, and variables, are left alone.
 *
 * @param container tensors in arrays, maps, sets and plain objects to any depth
 */
export function disposeAll(container: TensorContainer): void {
  for (const tensor of tensorsIn(container)) {
    if (!tensor.isDisposed && !(tensor instanceof tf.Variable)) tensor.dispose();
  }
}

/**
 * Keeps every tensor in a container alive beyond the tidy that runs now; whoever calls owns them from then on.
 *
 * @param container tensors in arrays, maps, sets and plain objects to any depth
 * @returns the container
 */
export function keepAll<T extends TensorContainer>(container: T): T {
  for (const tensor of tensorsIn(container)) tf.keep(tensor);
  return container;
}

/** Hands a container of tensors over to the scope, which frees them at its end; returns the container. */
export type Own = <T extends TensorContainer>(container: T) => T;

/**
 * Runs something asynchronous and then frees what it handed over, whether it succeeded or threw.
 *
 * `tf.tidy` cannot wait for a promise, and holding its scope open over an `await` would catch tensors of whatever else
 * runs meanwhile. Here ownership is said aloud: `own(tensor)` is freed at the end unless it is in the result, which
 * goes to the caller. Put the synchronous stretches in between into `tf.tidy`.
 *
 * @param body what runs; it gets `own`
 * @returns the result of `body`
 */
export async function withTensors<T extends TensorContainer>(body: (own: Own) => Promise<T>): Promise<T> {
  const owned = new Set<tf.Tensor>();
  const own: Own = (container) => {
    for (const tensor of tensorsIn(container)) owned.add(tensor);
    return container;
  };
  let result: T | undefined;
  try {
    result = await body(own);
    return result;
  } finally {
    const returned = new Set(tensorsIn(result));
    disposeAll([...owned].filter((tensor) => !returned.has(tensor)));
  }
}

/**
 * `tf.tidy` for results of any type: every tensor in arrays and plain objects of the result stays, all others that `run` made are freed.
 *
 * @param run what makes tensors
 * @returns what `run` returns
 */
export function tidied<T>(run: () => T): T {
  return tf.tidy(run as unknown as () => tf.TensorContainer) as unknown as T;
}
