import { expandPerSample } from '@equipoise/kit';
import * as tf from '@tensorflow/tfjs-core';

/** When a rate is judged, and what it should be. */
export interface RateOptions {
  /** Trials after which it is judged. */
  readonly window: number;
  /** Below this rate steps get shorter. */
  readonly low: number;
  /** Above this rate steps get longer. */
  readonly high: number;
}

/** No trials yet: trials and successes of each sample, `[batch, 2]`. */
export function noTally(batch: number): tf.Tensor {
  return tf.zeros([batch, 2]);
}

/** One more trial of each sample. */
export function tallied(tally: tf.Tensor, success: tf.Tensor1D): tf.Tensor {
  const hits = tf.cast(success, 'float32');
  return tf.add(tally, tf.stack([tf.onesLike(hits), hits], 1));
}

/** By what the steps of each sample are multiplied, and the tally from then on: empty where the window was full. */
export function adapted(
  tally: tf.Tensor,
  { window, low, high }: RateOptions,
  adaptation: number,
): { factor: tf.Tensor1D; rest: tf.Tensor } {
  const [trials, hits] = tf.unstack(tally, 1) as [tf.Tensor1D, tf.Tensor1D];
  const isFull = tf.greaterEqual(trials, window);
  const where = (condition: tf.Tensor, value: number) =>
    tf.where(tf.logicalAnd(isFull, condition), tf.fill(trials.shape, value), tf.onesLike(trials));
  const longer = where(tf.greater(hits, tf.mul(trials, high)), adaptation);
  const shorter = where(tf.less(hits, tf.mul(trials, low)), 1 / adaptation);
  const keep = tf.cast(tf.logicalNot(isFull), 'float32');
  return { factor: tf.mul(longer, shorter) as tf.Tensor1D, rest: tf.mul(tally, expandPerSample(keep, 2)) };
}
