import * as tf from '@tensorflow/tfjs-core';

/**
 * The straight-through ReLU: max(x, 0) forwards, the identity backwards. Feature visualisation puts it in the place of a network's
 * last ReLU, so that units which are off can be turned on.
 *
 * Source: Engstrom et al. 2019, "Adversarial Robustness as a Prior for Learned Representations"; `FakeReLU` of MadryLab/robustness.
 * @param x any shape, float32
 */
export function fakeRelu<T extends tf.Tensor>(x: T): T {
  return straightThrough(x) as T;
}

const straightThrough = (x: tf.Tensor) =>
  tf.customGrad((input) => ({ value: tf.relu(input as tf.Tensor), gradFunc: (dy) => tf.clone(dy) }))(x);
