import * as tf from '@tensorflow/tfjs-core';

/**
 * Displacement to one value: δ_i = value − x_i.
 *
 * Source: not in Kim et al. (2021); a negative that the prototype screened.
 */
export function eraseDisplacement(x: tf.Tensor, value: number): tf.Tensor {
  return tf.sub(value, x);
}
