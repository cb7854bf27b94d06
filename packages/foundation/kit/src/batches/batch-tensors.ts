import { type Examples, ShapeError } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';

/** A batch as tensors. */
export interface Batch {
  /** The inputs, `[batch, ...inputShape]`, float32. */
  readonly x: tf.Tensor;
  /** The labels, `[batch]`, int32. */
  readonly labels: tf.Tensor1D;
}

/**
 * Examples as tensors; the caller owns them.
 *
 * @param examples what a split gave
 * @throws ShapeError if there is not one label for each example
 */
export function batchTensors(examples: Examples): Batch {
  const count = examples.shape[0] ?? 0;
  if (examples.labels.length !== count) throw new ShapeError('labels of examples', [count], [examples.labels.length]);
  return {
    x: tf.tensor(examples.x, [...examples.shape], 'float32'),
    labels: tf.tensor1d(examples.labels, 'int32'),
  };
}
