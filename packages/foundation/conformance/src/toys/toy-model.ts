import { createRng } from '@equipoise/kit';
import { ShapeError, type Activations, type Model } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { tidied } from '../compare.js';

/** Shape of the inputs of the toys: small images. */
export const toyInputShape = [4, 4, 1] as const;

/** Number of classes of the toys. */
export const toyClasses = 3;

/**
 * A small smooth network, tanh(xA + a)B + b, for checks: two layers, so that the representation is not the input, and
 * smooth, so that finite differences can judge gradients.
 *
 * @param seed of the weights
 * @param inputShape shape of an input, without the batch axis
 * @param classes number of classes
 */
export function toyModel(seed = 1, inputShape: readonly number[] = toyInputShape, classes: number = toyClasses): Model {
  const features = 5;
  const inputs = inputShape.reduce((product, length) => product * length, 1);
  const rng = createRng(seed);
  const weights = (name: string, shape: [number, number]) => {
    const values = rng.fork(name).normals(shape[0] * shape[1]);
    const kernel = tf.tensor(
      values.map((value) => value / Math.sqrt(shape[0])),
      shape,
    );
    const variable = tf.variable(kernel);
    kernel.dispose();
    return variable;
  };
  const variables = new Map([
    ['hidden.kernel', weights('hidden.kernel', [inputs, features])],
    ['hidden.bias', zeros([features])],
    ['head.kernel', weights('head.kernel', [features, classes])],
    ['head.bias', zeros([classes])],
  ]);
  return {
    inputShape,
    bounds: [0, 1],
    classes,
    supports: { gradients: true, secondOrder: true, logits: true },
    variables,
    forward(x) {
      const expected = [null, ...inputShape];
      if (x.rank !== expected.length || x.shape.slice(1).some((length, axis) => length !== inputShape[axis])) {
        throw new ShapeError('The input of the toy model', expected, x.shape);
      }
      return tidied(() => forwardToy(x, (name) => variables.get(name) as tf.Variable));
    },
    dispose: () => variables.forEach((variable) => variable.dispose()),
  };
}

function forwardToy(x: tf.Tensor, weight: (name: string) => tf.Variable): Activations {
  const dense = (input: tf.Tensor, name: string) =>
    tf.add(tf.matMul(input as tf.Tensor2D, weight(`${name}.kernel`) as tf.Tensor2D), weight(`${name}.bias`));
  const flat = tf.reshape(x, [x.shape[0] as number, -1]);
  const embedding = tf.tanh(dense(flat, 'hidden')) as tf.Tensor2D;
  const logits = dense(embedding, 'head') as tf.Tensor2D;
  return { embedding, logits, layers: { hidden: embedding, head: logits } };
}

function zeros(shape: number[]): tf.Variable {
  return tf.tidy(() => tf.variable(tf.zeros(shape)));
}
