import * as tf from '@tensorflow/tfjs-core';
import { ShapeError } from '@equipoise/spec';
import { backward, release } from './run.js';

/** A function of one tensor. */
export type TensorFunction = (x: tf.Tensor) => tf.Tensor;

/** One value a sample, differentiable in x. */
export type SampleFunction = (x: tf.Tensor) => tf.Tensor1D;

/**
 * The gradient of f at x; of the sum of f's entries if it gives more than one.
 * @param f any differentiable function
 * @param x float32
 * @returns a tensor of the shape of x; zeros if f does not depend on x
 */
export function grad(f: TensorFunction, x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => backward(() => f(x), [x]).gradients[0] as tf.Tensor);
}

/**
 * f(x) and the gradient of the sum of its entries.
 * @param f any differentiable function
 * @param x float32
 */
export function valueAndGrad(f: TensorFunction, x: tf.Tensor): { value: tf.Tensor; gradient: tf.Tensor } {
  return tf.tidy(() => {
    const { value, gradients } = backward(() => f(x), [x]);
    return { value, gradient: gradients[0] as tf.Tensor };
  });
}

/**
 * The values of an objective and each sample's own gradient. Since a sample's value depends on that sample alone, the gradient of the
 * sum is all samples' gradients at once. No gradient of a weight is computed.
 * @param objective one value a sample
 * @param x `[batch, ...]`, float32
 * @returns `values` `[batch]` and `gradients` of the shape of x
 * @throws ShapeError if the objective does not give one value a sample
 */
export function inputGradients(objective: SampleFunction, x: tf.Tensor): { values: tf.Tensor1D; gradients: tf.Tensor } {
  return tf.tidy(() => {
    const { value, gradients } = backward(() => perSample(objective(x), x), [x]);
    return { values: value as tf.Tensor1D, gradients: gradients[0] as tf.Tensor };
  });
}

/**
 * As {@link inputGradients}, and hands out whatever else the same forward pass gave.
 * @param look gives `values`, one a sample, which are differentiated, and any further tensors, which are not
 * @param x `[batch, ...]`, float32
 * @returns `look`'s tensors and `gradients`, of the shape of x
 * @throws ShapeError if `values` is not one value a sample
 */
export function inputGradientsWith<T extends Readonly<Record<string, tf.Tensor>> & { readonly values: tf.Tensor1D }>(
  look: (x: tf.Tensor) => T,
  x: tf.Tensor,
): T & { gradients: tf.Tensor } {
  return tf.tidy(() => {
    let kept: Record<string, tf.Tensor> = {};
    const run = () =>
      backward(() => {
        const seen = look(x);
        const values = perSample(seen.values, x);
        kept = Object.fromEntries(Object.entries(seen).map(([name, tensor]) => [name, tf.keep(tf.clone(tensor))]));
        return values;
      }, [x]);
    const { gradients } = freeingOnError(run, () => Object.values(kept));
    const released = Object.fromEntries(Object.entries(kept).map(([name, tensor]) => [name, release(tensor)]));
    return { ...released, gradients: gradients[0] as tf.Tensor };
  }) as T & { gradients: tf.Tensor };
}

function freeingOnError<T>(run: () => T, kept: () => tf.Tensor[]): T {
  try {
    return run();
  } catch (error) {
    tf.dispose(kept());
    throw error;
  }
}

function perSample(values: tf.Tensor, x: tf.Tensor): tf.Tensor {
  if (values.rank !== 1 || values.shape[0] !== x.shape[0])
    throw new ShapeError("the objective's values", [x.shape[0] ?? null], values.shape);
  return values;
}
