import * as tf from '@tensorflow/tfjs-core';
import { ShapeError } from '@equipoise/spec';

/**
 * The value of f and the gradients of ⟨cotangent, f()⟩ (of the sum of f() without one); zeros where f does not depend on an input.
 * Call it inside a tidy: all that is made belongs to the scope around.
 */
export function backward(
  f: () => tf.Tensor,
  inputs: readonly tf.Tensor[],
  cotangent?: tf.Tensor,
): { value: tf.Tensor; gradients: tf.Tensor[] } {
  const { value, grads } = tf.engine().gradients(f, [...inputs], cotangent, true);
  const found = grads as (tf.Tensor | null | undefined)[];
  return { value, gradients: inputs.map((input, index) => found[index] ?? tf.zeros(input.shape)) };
}

/** Refuses a tensor of another shape than expected. */
export function requireShape(subject: string, tensor: tf.Tensor, expected: readonly number[]): void {
  if (!tf.util.arraysEqual(tensor.shape, [...expected])) throw new ShapeError(subject, expected, tensor.shape);
}
