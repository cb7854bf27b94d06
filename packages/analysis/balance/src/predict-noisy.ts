import { scoring, sampleNormals } from '@equipoise/kit';
import type { Model, Rng, RunContext, Split } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';

/** How test images are perturbed. */
export interface TestNoise {
  /** Standard deviation in units of the input. */
  readonly sigma: number;
  /** Clip to the bounds of the model. */
  readonly clip: boolean;
  /** The stream of the noise; each image takes its own by its index. */
  readonly rng: Rng;
}

/**
 * Predicts the class of the first `count` images of a split under Gaussian noise, x + σn with n ~ N(0, I).
 *
 * @returns the predicted classes, `[count]`
 */
export async function predictNoisy(
  model: Model,
  split: Split,
  count: number,
  batchSize: number,
  noise: TestNoise,
  signal?: RunContext['signal'],
): Promise<Int32Array> {
  const predictions = new Int32Array(count);
  for (let begin = 0; begin < count; begin += batchSize) {
    signal?.throwIfAborted();
    const indices = Array.from({ length: Math.min(batchSize, count - begin) }, (_, i) => begin + i);
    const { x, shape } = await split.examples(indices);
    const classes = tf.tidy(() => predictBatch(model, tf.tensor(x, [...shape]), indices, noise));
    predictions.set((await classes.data()) as Int32Array, begin);
    classes.dispose();
  }
  return predictions;
}

function predictBatch(model: Model, x: tf.Tensor, indices: readonly number[], noise: TestNoise): tf.Tensor {
  const { logits } = model.forward(noise.sigma === 0 ? x : perturb(model, x, indices, noise), scoring);
  return tf.argMax(logits as tf.Tensor2D, 1);
}

function perturb(model: Model, x: tf.Tensor, indices: readonly number[], { sigma, clip, rng }: TestNoise): tf.Tensor {
  const noisy = tf.add(x, tf.mul(sampleNormals(rng, `noise ${sigma}`, indices, x.shape.slice(1)), sigma));
  return clip ? tf.clipByValue(noisy, ...model.bounds) : noisy;
}
