import * as tf from '@tensorflow/tfjs-core';

/** Puts `step − 1` zeros between the neighbours along an axis: length n becomes (n − 1) step + 1. */
export function spread(x: tf.Tensor, axis: number, step: number): tf.Tensor {
  const length = x.shape[axis] as number;
  if (step === 1 || length === 1) return x;
  const before = x.shape.slice(0, axis);
  const after = x.shape.slice(axis + 1);
  const cells = tf.reshape(x, [size(before), length, 1, size(after)]);
  const padded = tf.pad(cells, [
    [0, 0],
    [0, 0],
    [0, step - 1],
    [0, 0],
  ]);
  const long = tf.reshape(padded, [size(before), length * step, size(after)]);
  const short = tf.slice(long, [0, 0, 0], [size(before), (length - 1) * step + 1, size(after)]);
  return tf.reshape(short, [...before, (length - 1) * step + 1, ...after]);
}

/** Every `step`-th entry along an axis, from the first: undoes and is the adjoint of {@link spread}. */
export function thin(x: tf.Tensor, axis: number, step: number): tf.Tensor {
  const long = x.shape[axis] as number;
  if (step === 1 || long === 1) return x;
  const before = x.shape.slice(0, axis);
  const after = x.shape.slice(axis + 1);
  const length = Math.ceil(long / step);
  const flat = tf.reshape(x, [size(before), long, size(after)]);
  const padded = tf.pad(flat, [
    [0, 0],
    [0, length * step - long],
    [0, 0],
  ]);
  const cells = tf.reshape(padded, [size(before), length, step, size(after)]);
  return tf.reshape(tf.slice(cells, [0, 0, 0, 0], [size(before), length, 1, size(after)]), [
    ...before,
    length,
    ...after,
  ]);
}

/** The number of entries of a shape. */
export function size(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
