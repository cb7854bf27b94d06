import * as tf from '@tensorflow/tfjs-core';

const HALVINGS = 32;

/**
 * The threshold t of each row at which a falling function of t reaches a level, by halving an interval.
 *
 * After 32 halvings of an interval that a float32 number bounds, what is left is the rounding of float32. Halving needs
 * no sort and no look at values, so it runs on every backend.
 *
 * @param fallsTo the function: `[batch, 1]` to `[batch, 1]`, not rising
 * @param level what it shall reach
 * @param low `[batch, 1]`, where the function is at least `level`
 * @param high `[batch, 1]`, where the function is at most `level`
 * @returns `[batch, 1]`
 */
export function threshold(
  fallsTo: (t: tf.Tensor) => tf.Tensor,
  level: tf.Tensor,
  low: tf.Tensor,
  high: tf.Tensor,
): tf.Tensor {
  return tf.tidy(() => {
    let step = tf.mul(tf.sub(high, low), 0.5);
    let t = low;
    for (let round = 0; round < HALVINGS; round++) {
      [t, step] = tf.tidy(() => {
        const middle = tf.add(t, step);
        return [tf.where(tf.greaterEqual(fallsTo(middle), level), middle, t), tf.mul(step, 0.5)] as const;
      }) as unknown as [tf.Tensor, tf.Tensor];
    }
    return tf.clone(t);
  });
}
