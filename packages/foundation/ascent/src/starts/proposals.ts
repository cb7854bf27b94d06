import { clipToBounds, sampleNormals, sampleUniforms } from '@equipoise/kit';
import type { Rng } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import type { Place } from '../loop/contracts.js';

/** Points to try around some inputs, at which `place.step` counts the attempts from 0; they are clipped and masked afterwards. */
export type Proposal = (original: tf.Tensor, place: Place) => tf.Tensor;

/** Noise that grows. */
export interface GrowingNoiseOptions {
  /** `normal`: N(0, 1), `uniform`: U[−1, 1), times the size. */
  readonly distribution: 'normal' | 'uniform';
  /** Size at the first attempt, in units of the input. */
  readonly first: number;
  /** By what the size is multiplied from one attempt to the next. */
  readonly growth: number;
  /** Forked by attempt and stream. */
  readonly rng: Rng;
}

/**
 * The input and fresh noise of size `first · growth^attempt`: near the first size that fools a model, so is the start.
 *
 * @param options distribution and sizes
 */
export function growingNoise({ distribution, first, growth, rng }: GrowingNoiseOptions): Proposal {
  const stream = rng.fork('growing-noise');
  return (original, { step, streams }) =>
    tf.tidy(() => {
      const shape = original.shape.slice(1);
      const noise =
        distribution === 'normal'
          ? sampleNormals(stream, step, streams, shape)
          : sampleUniforms(stream, step, streams, shape, -1, 1);
      return tf.add(original, tf.mul(noise, first * growth ** step));
    });
}

/** Grids of random numbers have at most so many cells a side. */
const FINEST_GRID = 8;

/**
 * Random pictures that have nothing to do with the input: uniform numbers in the box on a grid of 1, 2, … 8 cells a side and then 1 again,
 * smoothly enlarged; inputs that are no images get uniform numbers. Models tend to put all fine noise into one class, and coarse
 * pictures into several, so a sample of that one class finds its start here.
 *
 * @param bounds the box of valid inputs
 * @param rng forked by attempt and stream
 */
export function coarsePictures(bounds: readonly [low: number, high: number], rng: Rng): Proposal {
  const stream = rng.fork('coarse-picture');
  return (original, { step, streams }) =>
    tf.tidy(() => {
      const [height, width, channels] = original.shape.slice(1) as [number, number, number];
      if (original.rank !== 4) return sampleUniforms(stream, step, streams, original.shape.slice(1), ...bounds);
      const side = 1 + (step % FINEST_GRID);
      const grid = sampleUniforms(stream, step, streams, [side, side, channels], ...bounds) as tf.Tensor4D;
      return clipToBounds(tf.image.resizeBilinear(grid, [height, width], true), bounds);
    });
}

/**
 * One proposal for the first attempts, another one, counted from 0 again, for those after.
 *
 * @param first the first one
 * @param attempts how often it is asked
 * @param second the other
 */
export function inTurn(first: Proposal, attempts: number, second: Proposal): Proposal {
  return (original, place) =>
    place.step < attempts ? first(original, place) : second(original, { ...place, step: place.step - attempts });
}
