import type { Norm, Rng } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { bump, type Grid, turned, type WindowSize } from './windows.js';

/** The random streams of a batch at one step. */
export type Streams = readonly Rng[];

const sign = (rng: Rng) => (rng.uniform() < 0.5 ? -1 : 1);

/** A place for a window, uniform over all where it fits. */
function corner(rng: Rng, size: WindowSize, { height, width }: Grid): readonly [top: number, left: number] {
  return [rng.integer(height - size.height + 1), rng.integer(width - size.width + 1)];
}

/** Random signs of the channels, `[batch, 1, 1, channels]`. */
function channelSigns(streams: Streams, { channels }: Grid): tf.Tensor4D {
  const values = streams.flatMap((rng) => Array.from({ length: channels }, () => sign(rng)));
  return tf.tensor4d(values, [streams.length, 1, 1, channels]);
}

/** Ones in a window of each sample, `[batch, height, width, 1]`. */
function windowMask(corners: readonly (readonly [number, number])[], size: WindowSize, grid: Grid): tf.Tensor4D {
  const side = (axis: 0 | 1, extent: number, length: number) => {
    const from = tf.tensor2d(corners.map((one) => [one[axis]]));
    const places = tf.reshape(tf.range(0, extent), [1, extent]);
    return tf.cast(tf.logicalAnd(tf.greaterEqual(places, from), tf.less(places, tf.add(from, length))), 'float32');
  };
  const rows = tf.reshape(side(0, grid.height, size.height), [-1, grid.height, 1, 1]);
  const columns = tf.reshape(side(1, grid.width, size.width), [-1, 1, grid.width, 1]);
  return tf.mul(rows, columns);
}

/** Vertical stripes of random sign, `[batch, height, width, channels]`, where linf begins. */
export function stripes(streams: Streams, { height, width, channels }: Grid): tf.Tensor4D {
  const values = streams.flatMap((rng) => Array.from({ length: width * channels }, () => sign(rng)));
  const row = tf.tensor4d(values, [streams.length, 1, width, channels]);
  return tf.broadcastTo(row, [streams.length, height, width, channels]) as tf.Tensor4D;
}

/** A window of each sample and the signs of its channels. */
export interface SignedWindow {
  readonly mask: tf.Tensor4D;
  readonly signs: tf.Tensor4D;
}

/** What linf proposes. */
export function signedWindow(streams: Streams, size: WindowSize, grid: Grid): SignedWindow {
  const corners = streams.map((rng) => corner(rng, size, grid));
  return { mask: windowMask(corners, size, grid), signs: channelSigns(streams, grid) };
}

/** What l2 and l1 propose: a bump in one window, which takes what is in another. */
export interface BumpInWindow {
  /** Ones in the window that is written. */
  readonly mask: tf.Tensor4D;
  /** Ones in the window that is emptied. */
  readonly emptied: tf.Tensor4D;
  /** The bump with a random sign for each channel, zero outside. */
  readonly bump: tf.Tensor4D;
}

/** Draws two windows and a bump. */
export function bumpInWindow(streams: Streams, norm: Norm, size: WindowSize, grid: Grid): BumpInWindow {
  const shape = bump(size, norm);
  const placed = new Float32Array(streams.length * grid.height * grid.width);
  const corners = streams.map((rng, sample) => {
    const [top, left] = corner(rng, size, grid);
    place(placed, sample * grid.height, turned(shape, size, rng.uniform() < 0.5), size, [top, left], grid);
    return [top, left] as const;
  });
  const others = streams.map((rng) => corner(rng, size, grid));
  const bumps = tf.tensor4d(placed, [streams.length, grid.height, grid.width, 1]);
  return {
    mask: windowMask(corners, size, grid),
    emptied: windowMask(others, size, grid),
    bump: tf.mul(bumps, channelSigns(streams, grid)),
  };
}

/** Writes a window's values into an image that begins at a row. */
function place(
  into: Float32Array,
  firstRow: number,
  values: Float32Array,
  size: WindowSize,
  [top, left]: readonly [number, number],
  { width }: { readonly width: number },
): void {
  for (let row = 0; row < size.height; row++) {
    const line = values.subarray(row * size.width, (row + 1) * size.width);
    into.set(line, (firstRow + top + row) * width + left);
  }
}

/** A grid of five by five bumps of random signs, `[batch, height, width, channels]`, where l2 and l1 begin. */
export function tiles(streams: Streams, norm: Norm, grid: Grid): tf.Tensor4D {
  const { height, width, channels } = grid;
  const side = (extent: number) => Math.max(Math.floor(extent / 5), 1);
  const size = height === 1 ? { height: 1, width: side(width) } : square(Math.min(side(height), side(width)));
  const shape = bump(size, norm);
  const planes = streams.flatMap((rng) => {
    const turn = rng.uniform() < 0.5;
    return Array.from({ length: channels }, () => plane(rng, turned(shape, size, turn), size, grid));
  });
  const stacked = tf.tensor(concatenated(planes, height * width), [streams.length, channels, height, width]);
  return tf.transpose(stacked, [0, 2, 3, 1]) as tf.Tensor4D;
}

const square = (side: number): WindowSize => ({ height: side, width: side });

function plane(rng: Rng, values: Float32Array, size: WindowSize, { height, width }: Grid): Float32Array {
  const image = new Float32Array(height * width);
  const [rows, columns] = [Math.floor(height / size.height), Math.floor(width / size.width)];
  const top = Math.floor((height - rows * size.height) / 2);
  const left = Math.floor((width - columns * size.width) / 2);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const factor = sign(rng);
      const at = [top + row * size.height, left + column * size.width] as const;
      place(
        image,
        0,
        values.map((value) => factor * value),
        size,
        at,
        { width },
      );
    }
  }
  return image;
}

function concatenated(parts: readonly Float32Array[], length: number): Float32Array {
  const all = new Float32Array(parts.length * length);
  parts.forEach((part, index) => all.set(part, index * length));
  return all;
}
