import * as tf from '@tensorflow/tfjs-core';
import { activateBuild } from '../activate.js';
import type { Variant } from '../installation.js';
import type { CheckedBuild } from './check.js';

/** How far a convolution of ones by ones, 4 × 4 by 3 × 3, and its gradients are from what they are by counting. */
function largestError(): number {
  return tf.tidy(() => {
    const x = tf.ones([1, 4, 4, 1]) as tf.Tensor4D;
    const filter = tf.ones([3, 3, 1, 1]) as tf.Tensor4D;
    const convolve = (image: tf.Tensor, weights: tf.Tensor) =>
      tf.relu(tf.conv2d(image as tf.Tensor4D, weights as tf.Tensor4D, 1, 'valid'));
    const [dx, dw] = tf.grads((image, weights) => tf.sum(convolve(image as tf.Tensor, weights as tf.Tensor)))([
      x,
      filter,
    ]);
    const counts = [1, 2, 2, 1];
    const expectedImage = counts.flatMap((row) => counts.map((column) => row * column));
    const differences = [
      tf.sub(convolve(x, filter), 9),
      tf.sub(dx as tf.Tensor, tf.tensor(expectedImage, [1, 4, 4, 1])),
      tf.sub(dw as tf.Tensor, 4),
    ];
    return Math.max(...differences.flatMap((one) => [...tf.abs(one).dataSync()]));
  });
}

const [variant, build] = process.argv.slice(2) as [Variant, string];
const binding = await activateBuild(build, variant, variant === 'node-gpu' ? { memoryGrowth: true } : {});
const checked: CheckedBuild = {
  tensorflow: binding.TF_Version,
  devices: binding.equipoise?.devices() ?? [],
  error: largestError(),
};
process.send?.(checked, () => process.disconnect());
