import { clipToBounds, expandPerSample, projectBall, projectL1Box } from '@equipoise/kit';
import { InvalidOptionsError, type Norm, ShapeError } from '@equipoise/spec';
import { perSampleNumbers } from '@equipoise/kit';
import * as tf from '@tensorflow/tfjs-core';
import type { Place } from '../loop/contracts.js';
import { uniformInBall } from './uniform-in-ball.js';

/** Where inputs may be. */
export interface RegionOptions {
  /** The norm in which `eps` is measured. */
  readonly norm: Norm;
  /** The radius: one number, or one a row of the caller's batch. */
  readonly eps: number | readonly number[];
  /** The box of valid inputs. */
  readonly bounds: readonly [low: number, high: number];
  /** Ones where an input may move, of the shape of one sample or of the caller's batch. */
  readonly mask?: tf.Tensor | undefined;
  /**
   * `nearest`: the nearest point of ball and box at once, which differs for l1; `ball-then-box`: the ball first and then the box, as most
   * libraries do. Default `nearest`.
   */
  readonly projection?: 'nearest' | 'ball-then-box' | undefined;
}

/** A ball around the originals, cut by the box. */
export interface Region {
  /** Its options. */
  readonly options: RegionOptions;
  /** The nearest points inside. */
  project(x: tf.Tensor, original: tf.Tensor, place: Pick<Place, 'rows'>): tf.Tensor;
  /** Points that are uniform in the ball, cut by the box; one stream a sample. */
  randomStart(
    rng: import('@equipoise/spec').Rng,
    streams: readonly number[],
    original: tf.Tensor,
    rows: tf.Tensor1D,
  ): tf.Tensor;
  /** The radius of some rows, as it broadcasts over inputs of a rank. */
  radius(rows: tf.Tensor1D, rank: number): tf.Tensor | number;
  /** Zeroes what may not move. */
  masked(x: tf.Tensor, rows: tf.Tensor1D): tf.Tensor;
}

/**
 * Makes a region.
 *
 * @param options norm, radius, box and mask
 * @param shape of the caller's batch
 * @throws ShapeError if there is not one radius a row, or if the mask has another shape
 * @throws InvalidOptionsError if a radius is negative or not a number, or if the mask holds anything but 0 and 1 (see `checkMask`)
 */
export function createRegion(options: RegionOptions, shape: readonly number[]): Region {
  const batch = shape[0] ?? 0;
  const radii = typeof options.eps === 'number' ? undefined : perSampleNumbers(options.eps, batch, 'eps');
  if (!radii) perSampleNumbers(options.eps, 1, 'eps');
  checkMaskShape(options.mask, shape);
  const epsOf = (rows: tf.Tensor1D): number | tf.Tensor1D =>
    radii ? tf.gather(tf.tensor1d([...radii], 'float32'), rows) : (options.eps as number);
  const masked = (x: tf.Tensor, rows: tf.Tensor1D) => applyMask(options.mask, x, rows);
  return {
    options,
    masked,
    radius: (rows, rank) => {
      const eps = epsOf(rows);
      return typeof eps === 'number' ? eps : expandPerSample(eps, rank);
    },
    project: (x, original, { rows }) =>
      tf.tidy(() => nearest(options, epsOf(rows), x, original, (d) => masked(d, rows))),
    randomStart: (rng, streams, original, rows) =>
      tf.tidy(() => {
        const mask = options.mask && maskOf(options.mask, rows, original);
        const delta = uniformInBall(options.norm, rng, streams, original.shape.slice(1), mask);
        const eps = epsOf(rows);
        const scaled = tf.mul(delta, typeof eps === 'number' ? eps : expandPerSample(eps, original.rank));
        return clipToBounds(tf.add(original, scaled), options.bounds);
      }),
  };
}

function nearest(
  { norm, bounds, projection = 'nearest' }: RegionOptions,
  eps: number | tf.Tensor1D,
  x: tf.Tensor,
  original: tf.Tensor,
  masked: (delta: tf.Tensor) => tf.Tensor,
): tf.Tensor {
  const delta = masked(tf.sub(x, original));
  const inBall =
    norm === 'l1' && projection === 'nearest'
      ? projectL1Box(delta, original, eps, bounds)
      : projectBall(delta, norm, eps);
  return clipToBounds(tf.add(original, inBall), bounds);
}

function checkMaskShape(mask: tf.Tensor | undefined, shape: readonly number[]): void {
  if (!mask) return;
  const isOfBatch = tf.util.arraysEqual(mask.shape, [...shape]);
  if (isOfBatch || tf.util.arraysEqual(mask.shape, shape.slice(1))) return;
  throw new ShapeError('mask', shape, mask.shape);
}

function maskOf(mask: tf.Tensor, rows: tf.Tensor1D, x: tf.Tensor): tf.Tensor {
  const values = tf.cast(mask, 'float32');
  return mask.rank === x.rank ? tf.gather(values, rows) : tf.broadcastTo(values, x.shape);
}

/** Zeroes the entries of some rows' inputs that may not move; without a mask, and that of the batch or of one sample. */
export function applyMask(mask: tf.Tensor | undefined, x: tf.Tensor, rows: tf.Tensor1D): tf.Tensor {
  return mask ? tf.mul(x, maskOf(mask, rows, x)) : x;
}

/**
 * Looks whether a mask holds only zeros and ones.
 * @throws InvalidOptionsError with the first value that is neither
 */
export async function checkMask(mask: tf.Tensor | undefined): Promise<void> {
  if (!mask) return;
  const values = await mask.data();
  const wrong = values.findIndex((value) => value !== 0 && value !== 1);
  if (wrong === -1) return;
  throw new InvalidOptionsError('mask', [{ path: [wrong], message: `expected 0 or 1, got ${values[wrong]}` }]);
}
