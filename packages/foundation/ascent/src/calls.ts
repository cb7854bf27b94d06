import type { Model } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';

/** How often a model was run, in samples. */
export interface Calls {
  /** Samples that went forward. */
  forward: number;
  /** Samples whose gradient came back to the input. */
  backward: number;
}

/**
 * A model that counts: one for every sample of a forward pass, and one for every sample whose input gradient is taken.
 *
 * @param model what is counted; `dispose` of the counting model frees it
 * @returns the model to use in its place, and the counts, which grow
 */
export function countCalls(model: Model): { readonly model: Model; readonly calls: Calls } {
  const calls: Calls = { forward: 0, backward: 0 };
  const counted = tf.customGrad((x) => ({
    value: tf.clone(x as tf.Tensor),
    gradFunc: (dy: tf.Tensor) => {
      calls.backward += dy.shape[0] ?? 0;
      return dy;
    },
  })) as unknown as (x: tf.Tensor) => tf.Tensor;
  const counting: Model = {
    inputShape: model.inputShape,
    bounds: model.bounds,
    ...(model.classes === undefined ? {} : { classes: model.classes }),
    supports: model.supports,
    variables: model.variables,
    forward: (x, mode) => {
      calls.forward += x.shape[0] ?? 0;
      return model.forward(counted(x), mode);
    },
    dispose: () => model.dispose(),
  };
  return { model: counting, calls };
}
