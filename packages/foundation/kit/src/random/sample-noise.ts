import type { Rng } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Noise from N(0, 1) in which a sample's values depend on its index alone, not on the batch that it comes in.
 *
 * @param rng the stream that is forked, by `label` and then by index; no number of it is consumed
 * @param label what the noise is for
 * @param sampleIndices index of each sample in its split
 * @param sampleShape shape of one sample
 * @returns `[sampleIndices.length, ...sampleShape]`, float32; the caller owns it
 */
export function sampleNormals(
  rng: Rng,
  label: string | number,
  sampleIndices: ArrayLike<number>,
  sampleShape: readonly number[],
): tf.Tensor {
  return fill(rng, label, sampleIndices, sampleShape, (stream, count) => stream.normals(count));
}

/**
 * Noise that is uniform over [low, high), one stream a sample as in {@link sampleNormals}.
 *
 * @param rng the stream that is forked, by `label` and then by index; no number of it is consumed
 * @param label what the noise is for
 * @param sampleIndices index of each sample in its split
 * @param sampleShape shape of one sample
 * @param low smallest value
 * @param high end of the range, not itself reached
 * @returns `[sampleIndices.length, ...sampleShape]`, float32; the caller owns it
 */
export function sampleUniforms(
  rng: Rng,
  label: string | number,
  sampleIndices: ArrayLike<number>,
  sampleShape: readonly number[],
  low = 0,
  high = 1,
): tf.Tensor {
  return fill(rng, label, sampleIndices, sampleShape, (stream, count) => stream.uniforms(count, low, high));
}

function fill(
  rng: Rng,
  label: string | number,
  sampleIndices: ArrayLike<number>,
  sampleShape: readonly number[],
  draw: (stream: Rng, count: number) => Float32Array,
): tf.Tensor {
  const size = sampleShape.reduce((product, length) => product * length, 1);
  const values = new Float32Array(sampleIndices.length * size);
  const parent = rng.fork(label);
  for (let row = 0; row < sampleIndices.length; row++) {
    values.set(draw(parent.fork(sampleIndices[row] as number), size), row * size);
  }
  return tf.tensor(values, [sampleIndices.length, ...sampleShape], 'float32');
}
