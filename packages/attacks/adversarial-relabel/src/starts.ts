import { clipToBounds, sampleNormals } from '@equipoise/kit';
import type { Rng } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import type { BatchOfSource } from './build.js';

/** Standard deviation of the noise to start at, in shares of the range (Engstrom et al. 2019). */
const NOISE = 1 / 20;

/** Where examples start. */
export interface Starts {
  /** The inputs. */
  readonly x: tf.Tensor;
  /** The index in the split of the image that each begins at; −1 for noise. */
  readonly indices: Int32Array;
}

/**
 * Where a batch starts: each example at another image drawn from the whole split, whatever its class, or at grey with Gaussian noise.
 * An example's start depends on its index alone.
 *
 * @param batch what is changed
 * @param from images, or noise
 * @param shape of the batch
 */
export async function startsOf(
  { source, indices, rng, model }: BatchOfSource,
  from: 'image' | 'noise',
  shape: readonly number[],
): Promise<Starts> {
  if (from === 'noise') {
    const [low, high] = model.bounds;
    const x = tf.tidy(() => {
      const noise = sampleNormals(rng, 'start', indices, shape.slice(1));
      return clipToBounds(tf.add((low + high) / 2, tf.mul((high - low) * NOISE, noise)), model.bounds);
    });
    return { x, indices: indices.map(() => -1) };
  }
  const others = indices.map((index) => otherThan(index, source.size, rng.fork('start').fork(index)));
  const { x } = await source.examples(others);
  return { x: tf.tensor(x, [...shape], 'float32'), indices: others };
}

/** An index that is not the given one, if there are others. */
function otherThan(index: number, size: number, rng: Rng): number {
  if (size === 1) return index;
  const other = rng.integer(size - 1);
  return other < index ? other : other + 1;
}
