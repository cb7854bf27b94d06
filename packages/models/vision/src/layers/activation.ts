import { fakeRelu } from '@equipoise/autodiff';
import * as tf from '@tensorflow/tfjs-core';
import { noVariables, ofSteps, type LayerBuilder } from './layer.js';

/** The names of the activation functions; see {@link Activation}. */
export const activations = [
  'relu',
  'leaky-relu',
  'elu',
  'selu',
  'softplus',
  'tanh',
  'sigmoid',
  'swish',
  'gelu',
  'fake-relu',
  'linear',
] as const;

/**
 * An activation function: `relu` max(x, 0); `leaky-relu` max(x, 0.01·x); `elu`; `selu`; `softplus` log(1 + exp x); `tanh`;
 * `sigmoid`; `swish` x·sigmoid(x); `gelu` x·Φ(x), exact; `fake-relu` relu forward with the gradient of the identity
 * (Engstrom et al., 2019, "Adversarial robustness as a prior for learned representations"); `linear` x.
 */
export type Activation = (typeof activations)[number];

/** Options of {@link activation}. */
export interface ActivationOptions {
  /** Name of the layer. */
  readonly name: string;
  /** Which function. */
  readonly type: Activation;
}

const functions: Readonly<Record<Activation, (x: tf.Tensor) => tf.Tensor>> = {
  relu: (x) => tf.relu(x),
  'leaky-relu': (x) => tf.leakyRelu(x, 0.01),
  elu: (x) => tf.elu(x),
  selu: (x) => tf.selu(x),
  softplus: (x) => tf.softplus(x),
  tanh: (x) => tf.tanh(x),
  sigmoid: (x) => tf.sigmoid(x),
  swish: (x) => tf.mul(x, tf.sigmoid(x)),
  gelu: (x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1)),
  'fake-relu': (x) => fakeRelu(x),
  linear: (x) => tf.clone(x),
};

/** Those that fall somewhere, or whose gradient is another function's. */
const notMonotone: ReadonlySet<Activation> = new Set(['swish', 'gelu', 'fake-relu']);

/** An activation function, value by value. */
export function activation({ name, type }: ActivationOptions): LayerBuilder {
  const step = { run: functions[type], ...(notMonotone.has(type) ? {} : { kind: 'monotone' as const }) };
  return (inputShape) => ({ name, variables: noVariables, outputShape: inputShape, ...ofSteps(step) });
}
