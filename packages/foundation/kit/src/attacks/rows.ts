import * as tf from '@tensorflow/tfjs-core';

/** The rows of a whole batch, `0, 1, …, batch − 1`, as an objective takes them. */
export function rowsOf(x: tf.Tensor): tf.Tensor1D {
  return tf.range(0, x.shape[0] ?? 0, 1, 'int32');
}
