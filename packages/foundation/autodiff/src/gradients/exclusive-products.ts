import * as tf from '@tensorflow/tfjs-core';

/**
 * For each entry of a row the product of the row's other entries, by a tree of multiplications of depth log₂ n.
 * @param x `[rows, n]`
 */
export function exclusiveProducts(x: tf.Tensor): tf.Tensor {
  const [rows, length] = x.shape as [number, number];
  const width = 2 ** Math.ceil(Math.log2(length));
  const levels = [
    tf.pad(
      x,
      [
        [0, 0],
        [0, width - length],
      ],
      1,
    ),
  ];
  for (let count = width / 2; count >= 1; count /= 2) {
    const pairs = tf.reshape(levels.at(-1) as tf.Tensor, [rows, count, 2]);
    const first = tf.slice(pairs, [0, 0, 0], [rows, count, 1]);
    const second = tf.slice(pairs, [0, 0, 1], [rows, count, 1]);
    levels.push(tf.reshape(tf.mul(first, second), [rows, count]));
  }
  let outside = tf.ones([rows, 1]);
  for (const level of levels.slice(0, -1).reverse()) {
    const count = (level.shape[1] as number) / 2;
    const siblings = tf.reverse(tf.reshape(level, [rows, count, 2]), 2);
    outside = tf.reshape(tf.mul(tf.reshape(outside, [rows, count, 1]), siblings), [rows, count * 2]);
  }
  return tf.slice(outside, [0, 0], [rows, length]);
}
