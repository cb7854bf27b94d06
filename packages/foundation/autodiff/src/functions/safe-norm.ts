import * as tf from '@tensorflow/tfjs-core';
import { stopGradient } from './stop-gradient.js';

/**
 * The Euclidean norm √Σx², with gradient x/|x| and zero gradient for a zero vector. It is scaled by the largest entry first, so that
 * neither tiny nor huge entries are lost in the squares.
 * @param x any shape, float32
 * @param axes the axes that are summed; all if absent
 * @param keepDims whether they stay as axes of length 1; default false
 */
export function safeNorm(x: tf.Tensor, axes?: number | number[], keepDims = false): tf.Tensor {
  return tf.tidy(() => {
    const largest = tf.max(tf.abs(stopGradient(x)), axes, true);
    const scale = tf.where(tf.equal(largest, 0), tf.onesLike(largest), largest);
    const norm = safeSqrt(tf.sum(tf.square(tf.div(x, scale)), axes, keepDims));
    return tf.mul(norm, tf.reshape(scale, norm.shape));
  });
}

/**
 * √x with the derivative at 0 taken as 0, at every order.
 * @param x any shape, float32, not negative
 */
export function safeSqrt<T extends tf.Tensor>(x: T): T {
  return tf.tidy(() => {
    const isZero = tf.equal(stopGradient(x), 0);
    return tf.where(isZero, tf.zerosLike(x), tf.sqrt(tf.where(isZero, tf.onesLike(x), x))) as T;
  });
}
