import { clipToBounds, flattenSamples } from '@equipoise/kit';
import * as tf from '@tensorflow/tfjs-core';

/**
 * The nearest move with few entries that stays in the box: with d the wanted move and c the same cut by the box, the entries that stay are
 * those that bring it nearest, of largest c (2d − c) = d² − (d − c)²; the others become zero. An entry that the box holds where
 * it is takes nobody's place.
 *
 * @param delta wanted move, `[batch, …]`
 * @param original where it begins, of the same shape, inside the box
 * @param counts how many entries stay, `[batch]`, at least 1; entries that are worth as much as the last that stays, stay as well
 * @param bounds the box
 * @returns the move, of the shape of `delta`
 */
export function projectSparseBox(
  delta: tf.Tensor,
  original: tf.Tensor,
  counts: tf.Tensor1D,
  bounds: readonly [low: number, high: number],
): tf.Tensor {
  return tf.tidy(() => {
    const cut = tf.sub(clipToBounds(tf.add(original, delta), bounds), original);
    const worth = flattenSamples(tf.mul(cut, tf.sub(tf.mul(delta, 2), cut)));
    const columns = worth.shape[1];
    const { values } = tf.topk(worth, columns);
    const places = tf.sub(tf.clipByValue(tf.round(counts), 1, columns), 1);
    const isLast = tf.equal(tf.range(0, columns), tf.expandDims(places, 1));
    const last = tf.sum(tf.mul(values, tf.cast(isLast, 'float32')), 1, true);
    const stays = tf.cast(tf.greaterEqual(worth, last), 'float32');
    return tf.mul(cut, tf.reshape(stays, cut.shape));
  });
}
