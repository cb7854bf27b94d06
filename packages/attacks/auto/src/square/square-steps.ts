import type { Point, Region, SampleState, StepRule } from '@equipoise/ascent';
import { expandPerSample, sampleNorm, tidied } from '@equipoise/kit';
import type { Norm, Rng } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { choose } from '../choose.js';
import { bumpInWindow, signedWindow, stripes, type Streams, tiles } from './proposals.js';
import { type Grid, gridOf, shareAt, windowSize } from './windows.js';

/** How Square proposes. */
export interface SquareStepsOptions {
  /** Where the inputs may be. */
  readonly region: Region;
  /** Share of the pixels that the first proposals change. */
  readonly p: number;
  /** Number of proposals. */
  readonly queries: number;
  /** Stretches the schedule of p from 10,000 queries to `queries`. */
  readonly rescaleSchedule: boolean;
  /** Whether the first point is where the search begins, instead of stripes or tiles. */
  readonly startsAtFirst: boolean;
  /** The stream, forked by step and by sample. */
  readonly rng: Rng;
}

type State = SampleState & { readonly best: tf.Tensor; readonly bestValues: tf.Tensor1D };

/** Keeps ratios of norms defined where a window is empty. */
const TINY = 1e-12;

/**
 * Square: random search with windows that shrink; a proposal stays if the objective rises (Andriushchenko et al. 2020, algorithms 1 to 3;
 * for l1 Croce and Hein 2021, section 5).
 *
 * Departures: every sample has windows of its own, where the authors' code shares one in a batch; windows reach the last row and column too;
 * inputs that are no images are a single row of pixels, and their windows intervals.
 *
 * @param options where to search, and how
 */
export function squareSteps(options: SquareStepsOptions): StepRule<State> {
  const { region, startsAtFirst } = options;
  return {
    gradients: false,
    init: (start) =>
      tidied(() => ({ best: tf.clone(start), bestValues: tf.fill([start.shape[0] ?? 0], -Infinity) as tf.Tensor1D })),
    next: (point, before) =>
      tidied(() => {
        const grid = gridOf(point.x.shape.slice(1));
        const rng = options.rng.fork(point.step);
        const streams = point.streams.map((stream) => rng.fork(stream));
        const begins = point.step === 0 && !startsAtFirst;
        const state = begins ? before : withSeen(before, point);
        const asImages = (x: tf.Tensor) => tf.reshape(x, [-1, grid.height, grid.width, grid.channels]) as tf.Tensor4D;
        const masked = (x: tf.Tensor) => asImages(region.masked(tf.reshape(x, point.x.shape), point.rows));
        const scene: Scene = {
          streams,
          grid,
          original: asImages(point.original),
          best: asImages(state.best),
          radius: region.radius(point.rows, 4),
          masked,
        };
        const proposed = begins ? beginning(scene, region.options.norm) : proposal(scene, options, point.step);
        return { x: region.project(tf.reshape(proposed, point.x.shape), point.original, point), state };
      }),
  };
}

function withSeen(state: State, { x, seen }: Point): State {
  const isBetter = tf.greater(seen.values, state.bestValues);
  return {
    best: choose(isBetter, x, state.best),
    bestValues: tf.where(isBetter, seen.values, state.bestValues),
  };
}

/** Everything as images, `[batch, height, width, channels]`. */
interface Scene {
  readonly streams: Streams;
  readonly grid: Grid;
  readonly original: tf.Tensor4D;
  readonly best: tf.Tensor4D;
  readonly radius: tf.Tensor | number;
  readonly masked: (x: tf.Tensor) => tf.Tensor4D;
}

function beginning({ streams, grid, original, radius, masked }: Scene, norm: Norm): tf.Tensor {
  if (norm === 'linf') return tf.add(original, tf.mul(stripes(streams, grid), radius));
  const delta = masked(tiles(streams, norm, grid));
  return tf.add(original, norm === 'l2' ? ofLength(delta, radius) : delta);
}

function ofLength(delta: tf.Tensor, radius: tf.Tensor | number): tf.Tensor {
  const size = expandPerSample(sampleNorm(delta, 'l2'), delta.rank);
  return tf.mul(delta, tf.div(radius, tf.maximum(size, TINY)));
}

function proposal(scene: Scene, { region, p, queries, rescaleSchedule }: SquareStepsOptions, step: number): tf.Tensor {
  const { norm } = region.options;
  const iteration = rescaleSchedule ? Math.trunc(((step - 1) / queries) * 10_000) : step - 1;
  const size = windowSize(norm, shareAt(p, iteration), scene.grid);
  if (norm !== 'linf') return bumped(scene, norm, size);
  const { mask, signs } = signedWindow(scene.streams, size, scene.grid);
  const painted = tf.add(scene.original, tf.mul(signs, scene.radius));
  return tf.add(tf.mul(mask, painted), tf.mul(tf.sub(1, mask), scene.best));
}

/** Moves the length of two windows, and what is left of the radius, into one of them, as a bump added to what is there. */
function bumped(scene: Scene, norm: 'l2' | 'l1', size: ReturnType<typeof windowSize>): tf.Tensor {
  const { streams, grid, original, best, radius, masked } = scene;
  const { mask, emptied, bump } = bumpInWindow(streams, norm, size, grid);
  const delta = tf.sub(best, original);
  const perChannel = (x: tf.Tensor) => lengthOver(x, norm, [1, 2]);
  const inside = tf.mul(delta, mask);
  const shape = tf.add(masked(bump), tf.div(inside, tf.add(perChannel(inside), TINY)));
  const unit = tf.div(shape, tf.add(perChannel(shape), TINY));
  const both = tf.maximum(mask, emptied);
  const inBoth = perChannel(tf.mul(delta, both));
  const used = lengthOver(delta, norm, [1, 2, 3]);
  const length = norm === 'l2' ? budgetL2(radius, used, inBoth, grid) : budgetL1(radius, used, inBoth, grid);
  const moved = tf.add(tf.mul(delta, tf.sub(1, both)), tf.mul(unit, length));
  return tf.add(original, norm === 'l2' ? ofLength(moved, radius) : moved);
}

function lengthOver(x: tf.Tensor, norm: 'l2' | 'l1', axes: number[]): tf.Tensor {
  return norm === 'l2' ? tf.sqrt(tf.sum(tf.square(x), axes, true)) : tf.sum(tf.abs(x), axes, true);
}

function budgetL2(radius: tf.Tensor | number, used: tf.Tensor, inBoth: tf.Tensor, { channels }: Grid): tf.Tensor {
  const left = tf.relu(tf.sub(tf.mul(radius, radius), tf.square(used)));
  return tf.sqrt(tf.add(tf.div(left, channels), tf.square(inBoth)));
}

/** As in the authors' code, more than the radius where there are several channels; the projection takes off what is too much. */
function budgetL1(radius: tf.Tensor | number, used: tf.Tensor, inBoth: tf.Tensor, { channels }: Grid): tf.Tensor {
  return tf.mul(tf.add(tf.div(tf.relu(tf.sub(radius, used)), channels), inBoth), channels);
}
