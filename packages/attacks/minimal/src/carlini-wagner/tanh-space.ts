import * as tf from '@tensorflow/tfjs-core';

/** Largest hyperbolic tangent of an unmoved value; nearer to 1 a value at the side of the box would not move for a long time. */
const LIMIT = 0.999;

/** The box as the image of all numbers. */
export interface TanhSpace {
  /** Where inputs are, w₀. */
  inverse(x: tf.Tensor): tf.Tensor;
  /** The inputs of w: the originals moved by the difference between the images of w and w₀, inside the box. */
  apply(w: tf.Tensor, original: tf.Tensor): tf.Tensor;
  /** The derivative of `apply` by each entry of w. */
  slope(w: tf.Tensor): tf.Tensor;
}

/** The space of a box. */
export function tanhSpace([low, high]: readonly [low: number, high: number]): TanhSpace {
  const middle = (low + high) / 2;
  const half = (high - low) / 2;
  const inverse = (x: tf.Tensor) => {
    const t = tf.clipByValue(tf.div(tf.sub(x, middle), half), -LIMIT, LIMIT);
    return tf.mul(0.5, tf.log(tf.div(tf.add(1, t), tf.sub(1, t))));
  };
  return {
    inverse,
    apply: (w, original) => {
      const change = tf.mul(half, tf.sub(tf.tanh(w), tf.tanh(inverse(original))));
      return tf.clipByValue(tf.add(original, change), low, high);
    },
    slope: (w) => tf.mul(half, tf.sub(1, tf.square(tf.tanh(w)))),
  };
}
