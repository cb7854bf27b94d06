import { factory, flattenSamples } from '@equipoise/kit';
import { defineComponent, ShapeError, type Activations, type Model, type Rng } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';

const schema = z.strictObject({
  inputShape: z.array(z.int().min(1)).min(1).default([28, 28, 1]).describe('Shape of one input.'),
  classes: z.int().min(2).default(10).describe('Length of a row of logits.'),
  hidden: z.int().min(1).default(32).describe('Length of the embedding.'),
});

type Settings = z.output<typeof schema>;

/** Options of {@link myModel}. */
export type MyModelOptions = z.input<typeof schema>;

/**
 * A network with one hidden layer: φ(x) = tanh(xA + a), logits φ(x)B + b.
 *
 * Kernels are drawn from N(0, 1/in), biases are zero; the weights are a pure function of the context's stream. Layers: `hidden`,
 * `head`. Throws a `ShapeError` for inputs of another shape.
 */
export const myModelComponent = defineComponent({
  specVersion: 1,
  kind: 'model',
  name: 'my-model',
  description: 'Network with one hidden layer of tanh units',
  options: schema,
  example: { inputShape: [4, 4, 1], classes: 3, hidden: 8 },
  create: (settings, { rng }): Model => build(settings, createWeights(settings, rng.fork('weights'))),
});

/** Makes the model; see {@link myModelComponent}. */
export const myModel = factory(myModelComponent);

type WeightName = 'hidden.kernel' | 'hidden.bias' | 'head.kernel' | 'head.bias';
type Weights = Readonly<Record<WeightName, tf.Variable>>;

function createWeights({ inputShape, classes, hidden }: Settings, rng: Rng): Weights {
  const inputs = inputShape.reduce((product, length) => product * length, 1);
  const kernel = (name: string, rows: number, columns: number) => {
    const values = rng.fork(name).normals(rows * columns);
    const scaled = values.map((value) => value / Math.sqrt(rows));
    return tf.tidy(() => tf.variable(tf.tensor2d(scaled, [rows, columns])));
  };
  const bias = (length: number) => tf.tidy(() => tf.variable(tf.zeros([length])));
  return {
    'hidden.kernel': kernel('hidden', inputs, hidden),
    'hidden.bias': bias(hidden),
    'head.kernel': kernel('head', hidden, classes),
    'head.bias': bias(classes),
  };
}

function build({ inputShape, classes }: Settings, weights: Weights): Model {
  return {
    inputShape,
    bounds: [0, 1],
    classes,
    supports: { gradients: true, secondOrder: true, logits: true },
    variables: new Map(Object.entries(weights)),
    forward(x) {
      if (x.shape.slice(1).join() !== inputShape.join()) {
        throw new ShapeError('The input of model "my-model"', [null, ...inputShape], x.shape);
      }
      return forward(x, weights);
    },
    dispose: () => Object.values(weights).forEach((weight) => weight.dispose()),
  };
}

function forward(x: tf.Tensor, weights: Weights): Activations {
  const [embedding, logits] = tf.tidy(() => {
    const hidden = dense(flattenSamples(x), weights['hidden.kernel'], weights['hidden.bias']);
    const features = tf.tanh(hidden) as tf.Tensor2D;
    return [features, dense(features, weights['head.kernel'], weights['head.bias'])] as [tf.Tensor2D, tf.Tensor2D];
  });
  return { embedding, logits, layers: { hidden: embedding, head: logits } };
}

function dense(x: tf.Tensor2D, kernel: tf.Tensor, bias: tf.Tensor): tf.Tensor2D {
  return tf.add(tf.matMul(x, kernel as tf.Tensor2D), bias);
}
