import { UnsupportedError } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Averages a utility map over a window around every pixel, per channel; at the border over what lies inside the image.
 *
 * It makes masks of connected patches instead of single pixels.
 * @param utility `[batch, height, width, channels]`
 * @param size side of the window in pixels; 1 changes nothing
 * @returns a new tensor of the same shape; the caller owns it
 * @throws UnsupportedError if the inputs are not images and `size` is not 1
 */
export function blurUtility(utility: tf.Tensor, size: number): tf.Tensor {
  if (size === 1) return tf.clone(utility);
  if (utility.rank !== 4) throw new UnsupportedError('loss "fcl" with blurSize', 'images as inputs', 'the model');
  return tf.avgPool(utility as tf.Tensor4D, size, 1, 'same');
}
