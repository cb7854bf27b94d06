import * as tf from '@tensorflow/tfjs-core';
import { size } from './spacing.js';

/** The gradient of each input by name, made when asked for. */
export type InputGradients = Record<string, () => tf.Tensor>;

/** How a kernel is differentiated: what TensorFlow.js registers. */
export type GradientDefinition = tf.GradConfig;

/**
 * Describes a gradient that rests on saved inputs alone, so that it can be differentiated again.
 * @param kernelName the kernel
 * @param inputsToSave names of the inputs that the gradient needs, in the order of `saved`
 * @param gradient from the gradient of the output(s), the saved inputs and the kernel's attributes
 */
export function gradientOf<Attributes = object>(
  kernelName: string,
  inputsToSave: readonly string[],
  gradient: (dy: tf.Tensor, saved: tf.Tensor[], attributes: Attributes) => InputGradients,
): GradientDefinition {
  return {
    kernelName,
    inputsToSave: [...inputsToSave],
    gradFunc: (dy, saved, attributes) => gradient(dy as tf.Tensor, saved, attributes as Attributes),
  };
}

/** The same for a kernel that takes a list of tensors, all of which are saved. */
export function gradientOfList<Attributes = object>(
  kernelName: string,
  gradient: (dy: tf.Tensor, inputs: tf.Tensor[], attributes: Attributes) => InputGradients,
): GradientDefinition {
  return {
    kernelName,
    saveAllInputs: true,
    gradFunc: (dy, saved, attributes) => gradient(dy as tf.Tensor, saved, attributes as Attributes),
  };
}

/** A function of one number applied to each element: `dx = dy · derivative(x)`. */
export function elementwise<Attributes = object>(
  kernelName: string,
  derivative: (x: tf.Tensor, attributes: Attributes) => tf.Tensor,
): GradientDefinition {
  return gradientOf<Attributes>(kernelName, ['x'], (dy, [x], attributes) => ({
    x: () => tf.mul(dy, derivative(x as tf.Tensor, attributes)),
  }));
}

/** A kernel whose output does not change with small changes of its inputs. */
export function zeroGradient(kernelName: string, ...inputs: readonly string[]): GradientDefinition {
  return gradientOf(kernelName, inputs, (_, saved) =>
    Object.fromEntries(inputs.map((name, index) => [name, () => zerosOf(saved[index] as tf.Tensor)])),
  );
}

/** float32 zeros of a tensor's shape. */
export function zerosOf(x: tf.Tensor): tf.Tensor {
  return tf.fill(x.shape, 0);
}

/** The same values as another tensor, which TensorFlow.js may dispose by itself; unlike a clone it never copies data. */
export function same(x: tf.Tensor): tf.Tensor {
  return tf.reshape(x, x.shape);
}

/** Sums a broadcast gradient back to the shape of the input that was broadcast. */
export function sumTo(gradient: tf.Tensor, shape: number[]): tf.Tensor {
  const axes = tf.broadcast_util.getReductionAxes(shape, gradient.shape);
  if (axes.length === 0) return tf.reshape(gradient, shape);
  const areLeading = axes.every((axis, index) => axis === index) && axes.length < gradient.rank;
  return tf.reshape(areLeading ? sumOfRows(gradient, size(shape)) : tf.sum(gradient, axes), shape);
}

/** Sums over leading axes as a product with ones, which is many times faster than the backends' sum. */
function sumOfRows(x: tf.Tensor, width: number): tf.Tensor {
  const rows = x.size / width;
  return tf.matMul(tf.fill([1, rows], 1) as tf.Tensor2D, tf.reshape(x, [rows, width]) as tf.Tensor2D);
}

/** Copies a gradient along the axes of length 1 to a shape; adding to zeros is many times faster on wasm than tiling. */
export function spreadTo(gradient: tf.Tensor, shape: number[]): tf.Tensor {
  return tf.add(tf.fill(shape, 0), gradient);
}

/** `gradient` where the condition holds, else zero. */
export function keepWhere(condition: tf.Tensor, gradient: tf.Tensor): tf.Tensor {
  return tf.mul(gradient, tf.cast(condition, 'float32'));
}
