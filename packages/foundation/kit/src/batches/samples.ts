import { ShapeError } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Each sample as one row: `[batch, …]` to `[batch, values]`. Differentiable.
 *
 * @param x any tensor with a batch axis
 * @throws ShapeError for a scalar
 */
export function flattenSamples(x: tf.Tensor): tf.Tensor2D {
  const batch = x.shape[0];
  if (batch === undefined) throw new ShapeError('samples', [null, null], []);
  return tf.reshape(x, [batch, batch === 0 ? 0 : x.size / batch]) as tf.Tensor2D;
}

/**
 * One value a sample, shaped so that it broadcasts over a batch: `[batch]` to `[batch, 1, …, 1]`. Differentiable.
 *
 * @param values `[batch]`
 * @param rank rank of the batch, with the batch axis
 * @throws ShapeError if `values` has not rank 1
 */
export function expandPerSample(values: tf.Tensor, rank: number): tf.Tensor {
  if (values.rank !== 1) throw new ShapeError('one value a sample', [null], values.shape);
  return tf.reshape(values, [values.size, ...new Array<number>(rank - 1).fill(1)]);
}

/**
 * Labels as rows with a one in the column of the class.
 *
 * @param labels `[batch]`, int32, each in [0, classes)
 * @param classes number of classes
 * @returns `[batch, classes]`, float32
 * @throws ShapeError if `labels` has not rank 1
 */
export function oneHotLabels(labels: tf.Tensor, classes: number): tf.Tensor2D {
  if (labels.rank !== 1) throw new ShapeError('labels', [null], labels.shape);
  return tf.tidy(() => oneHotRows(tf.cast(labels, 'int32'), classes));
}

/**
 * Cuts inputs off at the range of valid inputs.
 *
 * @param x inputs of any shape
 * @param bounds smallest and largest valid value
 */
export function clipToBounds<T extends tf.Tensor>(x: T, bounds: readonly [low: number, high: number]): T {
  return tf.clipByValue(x, bounds[0], bounds[1]) as T;
}

/**
 * Rows with a one in the column of an index. Made as integers and then cast, because tfjs-backend-wasm 4.22 writes the
 * bits of the integer 1 into a float32 `oneHot`.
 *
 * @param indices `[batch]`, int32
 * @param columns length of a row
 * @returns `[batch, columns]`, float32
 */
export function oneHotRows(indices: tf.Tensor, columns: number): tf.Tensor2D {
  return tf.cast(tf.oneHot(indices, columns, 1, 0, 'int32'), 'float32') as tf.Tensor2D;
}
