import * as tf from '@tensorflow/tfjs-core';
import { DataError, ShapeError } from '@equipoise/spec';
import { logSumExp } from './log-sum-exp.js';
import { stopGradient } from './stop-gradient.js';

/**
 * Softmax cross entropy of each sample, log Σₖ exp zₖ − z_y, right at every order.
 * @param logits z, `[batch, classes]`, float32
 * @param labels y, `[batch]`, int32, each in [0, classes); a label out of range gives NaN for its sample
 * @returns `[batch]`, in nats
 * @throws ShapeError if the shapes do not fit, DataError if the labels are not int32
 */
export function crossEntropy(logits: tf.Tensor, labels: tf.Tensor): tf.Tensor1D {
  if (logits.rank !== 2) throw new ShapeError('the logits', [null, null], logits.shape);
  const [batch, classes] = logits.shape as [number, number];
  if (labels.rank !== 1 || labels.shape[0] !== batch) throw new ShapeError('the labels', [batch], labels.shape);
  if (labels.dtype !== 'int32') {
    throw new DataError(
      `Labels are class indices of dtype int32; these are ${labels.dtype}. One-hot rows: tf.argMax(rows, -1).`,
      { dtype: labels.dtype },
    );
  }
  return tf.tidy(() => {
    const hot = stopGradient(tf.oneHot(labels, classes, 1, 0, 'float32'));
    // A label out of range has a row of zeros.
    const inRange = tf.greater(tf.sum(hot, 1), 0);
    const chosen = tf.sum(tf.mul(logits, hot), 1);
    return tf.where(inRange, tf.sub(logSumExp(logits, 1), chosen), NaN) as tf.Tensor1D;
  });
}
