import { fixtureTensor, type FixtureCase } from '@equipoise/internal-testing';
import type { Activations, Model } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';

/** A layer of a network in the fixtures. */
type Layer =
  | { readonly type: 'flatten' }
  | {
      readonly type: 'dense' | 'conv2d';
      readonly kernel: string;
      readonly bias: string;
      readonly strides?: number;
      readonly padding?: 'same' | 'valid';
      readonly activation: 'linear' | 'tanh' | 'softplus' | 'relu';
    };

const activations = { linear: (x: tf.Tensor) => x, tanh: tf.tanh, softplus: tf.softplus, relu: tf.relu };

/** The network of a case of the topic `fcl`, as a model whose variables are the arrays of the case. */
export function fixtureModel({ options, inputs }: FixtureCase): Model {
  const layers = [...(options.encoder as Layer[]), ...(options.head as Layer[])];
  const names = layers.flatMap((layer) => (layer.type === 'flatten' ? [] : [layer.kernel, layer.bias]));
  const variables = new Map(names.map((name) => [name, tf.variable(fixtureTensor(inputs[name]))]));
  const run = (from: tf.Tensor, part: readonly Layer[]) =>
    part.reduce((x, layer) => applyLayer(x, layer, variables), from);
  const forward = (x: tf.Tensor): Activations => {
    const embedding = run(x, options.encoder as Layer[]) as tf.Tensor2D;
    return { embedding, logits: run(embedding, options.head as Layer[]) as tf.Tensor2D, layers: {} };
  };
  return {
    inputShape: fixtureTensor(inputs['x']).shape.slice(1),
    bounds: [0, 1],
    supports: { gradients: true, secondOrder: true, logits: true },
    variables,
    forward,
    dispose: () => tf.dispose([...variables.values()]),
  };
}

function applyLayer(x: tf.Tensor, layer: Layer, variables: ReadonlyMap<string, tf.Variable>): tf.Tensor {
  if (layer.type === 'flatten') return tf.reshape(x, [x.shape[0]!, -1]);
  const kernel = variables.get(layer.kernel)!;
  const bias = variables.get(layer.bias)!;
  const product =
    layer.type === 'dense'
      ? tf.matMul(x as tf.Tensor2D, kernel as tf.Tensor as tf.Tensor2D)
      : tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor as tf.Tensor4D, layer.strides!, layer.padding!);
  return activations[layer.activation](tf.add(product, bias));
}
