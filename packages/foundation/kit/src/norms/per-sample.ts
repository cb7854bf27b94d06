import { InvalidOptionsError, ShapeError } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { expandPerSample } from '../batches/samples.js';

/** One number for all samples, or one a sample. */
export type PerSample = number | readonly number[] | tf.Tensor1D;

/**
 * A radius or weight as a tensor that broadcasts over a batch: `[1]` or `[batch, 1, …, 1]`.
 *
 * @param value one number, or one a sample
 * @param x the batch
 * @param name what it is called in errors
 * @throws ShapeError if there is not one number a sample
 * @throws InvalidOptionsError if a number is negative or NaN (the values of a tensor are not looked at)
 */
export function perSample(value: PerSample, x: tf.Tensor, name: string): tf.Tensor {
  if (typeof value === 'number') {
    checkSize(value, name);
    return tf.scalar(value);
  }
  const values = value instanceof tf.Tensor ? value : tf.tensor1d([...value], 'float32');
  if (!(value instanceof tf.Tensor)) for (const one of value) checkSize(one, name);
  if (values.rank !== 1 || values.size !== (x.shape[0] ?? 0)) {
    throw new ShapeError(`${name}, one a sample,`, [x.shape[0] ?? 0], values.shape);
  }
  return expandPerSample(values, x.rank);
}

function checkSize(value: number, name: string): void {
  if (value >= 0) return;
  throw new InvalidOptionsError(name, [{ path: [name], message: `expected a number >= 0, got ${value}` }]);
}
