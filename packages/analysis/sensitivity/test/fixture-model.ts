import { fixtureTensor, type FixtureCase } from '@equipoise/internal-testing';
import type { Model } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';

interface Layer {
  readonly type: 'dense' | 'conv2d' | 'flatten';
  readonly kernel: string;
  readonly bias: string;
  readonly strides: number;
  readonly padding: 'same' | 'valid';
  readonly activation: 'linear' | 'tanh' | 'softplus' | 'relu';
}

const activations = { linear: (x: tf.Tensor) => x, tanh: tf.tanh, softplus: tf.softplus, relu: tf.relu };

/** The network that a fixture of the topic `fcl` describes. */
export function fixtureModel({ options, inputs }: FixtureCase): Model {
  const names = Object.keys(inputs).filter((name) => /\.(kernel|bias)$/.test(name));
  const weights = Object.fromEntries(names.map((name) => [name, fixtureTensor(inputs[name])]));
  const apply = (layers: readonly Layer[], x: tf.Tensor) =>
    layers.reduce((value, layer) => {
      if (layer.type === 'flatten') return tf.reshape(value, [value.shape[0] as number, -1]);
      const [kernel, bias] = [weights[layer.kernel] as tf.Tensor, weights[layer.bias] as tf.Tensor];
      const linear =
        layer.type === 'dense'
          ? tf.matMul(value as tf.Tensor2D, kernel as tf.Tensor2D)
          : tf.conv2d(value as tf.Tensor4D, kernel as tf.Tensor4D, layer.strides, layer.padding);
      return activations[layer.activation](tf.add(linear, bias));
    }, x);
  return {
    inputShape: fixtureTensor(inputs['x']).shape.slice(1),
    bounds: [-10, 10],
    supports: { gradients: true, secondOrder: true, logits: true },
    variables: new Map(),
    forward: (x) => {
      const embedding = apply(options.encoder, x) as tf.Tensor2D;
      return { embedding, logits: apply(options.head, embedding) as tf.Tensor2D, layers: {} };
    },
    dispose: () => tf.dispose(weights),
  };
}
