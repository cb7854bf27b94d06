import { flattenSamples } from '@equipoise/kit';
import * as tf from '@tensorflow/tfjs-core';

/**
 * The nearest point with few entries that are not zero: of each sample the entries of largest size stay, the others become zero.
 *
 * @param x `[batch, …]`
 * @param counts how many stay, `[batch]`, at least 1; entries that are equal in size to the smallest that stays, stay as well
 * @returns of the shape of `x`
 */
export function keepLargest(x: tf.Tensor, counts: tf.Tensor1D): tf.Tensor {
  return tf.tidy(() => {
    const rows = flattenSamples(x);
    const columns = rows.shape[1];
    const sizes = tf.abs(rows);
    const { values } = tf.topk(sizes, columns);
    const places = tf.sub(tf.clipByValue(tf.round(counts), 1, columns), 1);
    const isLast = tf.equal(tf.range(0, columns), tf.expandDims(places, 1));
    const smallest = tf.sum(tf.mul(values, tf.cast(isLast, 'float32')), 1, true);
    const stays = tf.cast(tf.greaterEqual(sizes, smallest), 'float32');
    return tf.reshape(tf.mul(rows, stays), x.shape);
  });
}
