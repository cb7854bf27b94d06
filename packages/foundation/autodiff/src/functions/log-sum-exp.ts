import * as tf from '@tensorflow/tfjs-core';
import { stopGradient } from './stop-gradient.js';

/** x − max x and max x, along axes that are kept, with the maximum held constant. */
function shifted(x: tf.Tensor, axis: number | number[] | undefined): { difference: tf.Tensor; maximum: tf.Tensor } {
  const maximum = tf.max(stopGradient(x), axis, true);
  return { difference: tf.sub(x, maximum), maximum };
}

/**
 * log Σ exp x = m + log Σ exp(x − m), m = max x held constant, which leaves every derivative right and none overflowing.
 * @param x any shape, float32; −∞ entries count for nothing if their row has a finite entry
 * @param axis the axes that are summed; all if absent
 * @param keepDims whether they stay as axes of length 1; default false
 */
export function logSumExp(x: tf.Tensor, axis?: number | number[], keepDims = false): tf.Tensor {
  return tf.tidy(() => {
    const { difference, maximum } = shifted(x, axis);
    const sum = tf.log(tf.sum(tf.exp(difference), axis, keepDims));
    return tf.add(sum, tf.reshape(maximum, sum.shape));
  });
}

/**
 * log softmax(x) = x − log Σ exp x along the last axis, right at every order (`tf.logSoftmax` alone is not).
 * @param x any shape of rank at least 1, float32
 */
export function logSoftmax<T extends tf.Tensor>(x: T): T {
  return tf.tidy(() => {
    const { difference } = shifted(x, -1);
    return tf.sub(difference, tf.log(tf.sum(tf.exp(difference), -1, true))) as T;
  });
}

/**
 * exp x / Σ exp x along the last axis.
 * @param x any shape of rank at least 1, float32
 */
export function softmax<T extends tf.Tensor>(x: T): T {
  return tf.softmax(x, -1);
}
