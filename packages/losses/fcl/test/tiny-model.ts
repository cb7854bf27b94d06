import { createRng } from '@equipoise/kit';
import type { Model } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';

/** A dense network with a smooth activation over images of 4 x 4 pixels; counts its forward passes and their sizes. */
export function tinyModel(
  seed = 1,
  inputShape: readonly number[] = [4, 4, 1],
  classes = 3,
): Model & { batches: number[] } {
  const rng = createRng(seed);
  const size = inputShape.reduce((product, length) => product * length, 1);
  const weights = tf.variable(tf.tensor2d(rng.fork('w').normals(size * 5), [size, 5]));
  const head = tf.variable(tf.tensor2d(rng.fork('h').normals(5 * classes), [5, classes]));
  const batches: number[] = [];
  return {
    ...{ inputShape, bounds: [0, 1], classes, batches },
    supports: { gradients: true, secondOrder: true, logits: true },
    variables: new Map([
      ['w', weights],
      ['h', head],
    ]),
    forward: (x) => {
      batches.push(x.shape[0]!);
      const flat = tf.reshape(x, [x.shape[0]!, size]);
      const embedding = tf.tanh(tf.matMul(flat, weights as tf.Tensor as tf.Tensor2D)) as tf.Tensor2D;
      return { embedding, logits: tf.matMul(embedding, head as tf.Tensor as tf.Tensor2D), layers: {} };
    },
    dispose: () => tf.dispose([weights, head]),
  };
}
