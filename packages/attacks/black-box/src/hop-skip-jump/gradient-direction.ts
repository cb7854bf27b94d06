import { applyMask, type Evaluator, type Point, stepDirection } from '@equipoise/ascent';
import { clipToBounds, expandPerSample, sampleNormals, sampleUniforms } from '@equipoise/kit';
import type { AttackProblem, Rng } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';

/** Draws that go through the model together, so that sums do not depend on the size of the batch. */
const DRAWS_AT_ONCE = 4;

/** How directions are drawn. */
export interface DirectionOptions {
  /** Norm of the steps: uniform directions for linf, normal ones for l2. */
  readonly norm: 'linf' | 'l2';
  /** Box and mask. */
  readonly problem: AttackProblem;
  /** The evaluator can be asked about some of the samples, and about several copies. */
  readonly mayShrink: boolean;
  /** Forked by step, draw and stream. */
  readonly rng: Rng;
}

/** What was drawn so far. */
interface Tally {
  readonly directions: tf.Tensor;
  readonly signed: tf.Tensor;
  readonly signs: Float64Array;
}

/**
 * Estimates the direction of the gradient at points of the boundary from decisions alone (Chen, Jordan and Wainwright 2020, equation 16):
 * `Σ (φ_b − mean φ) u_b` with u_b random unit vectors and φ_b = ±1 the decision at `x + δ u_b`, as far as the box lets it be.
 *
 * @param point where the samples are
 * @param deltas δ, the length of the draws, one a sample
 * @param counts number of draws of each sample
 * @param evaluator says what meets the criterion
 * @param options how to draw
 * @returns of the shape of the inputs: length one for l2, signs for linf
 */
export async function gradientDirection(
  point: Point,
  deltas: tf.Tensor1D,
  counts: readonly number[],
  evaluator: Evaluator,
  options: DirectionOptions,
): Promise<tf.Tensor> {
  const atOnce = options.mayShrink ? DRAWS_AT_ONCE : 1;
  const most = Math.max(...counts);
  let tally: Tally = {
    directions: tf.zerosLike(point.x),
    signed: tf.zerosLike(point.x),
    signs: new Float64Array(counts.length),
  };
  try {
    for (let first = 0; first < most; first += atOnce) {
      const draws = Array.from({ length: Math.min(atOnce, most - first) }, (_, index) => first + index);
      const next = await drawn(point, deltas, counts, draws, evaluator, options, tally);
      tf.dispose([tally.directions, tally.signed]);
      tally = next;
    }
    return tf.tidy(() => stepDirection(centred(tally, counts), options.norm));
  } finally {
    tf.dispose([tally.directions, tally.signed]);
  }
}

/** `Σ φu − mean(φ) Σ u`; where all decisions are the same `Σ φu`. */
function centred({ directions, signed, signs }: Tally, counts: readonly number[]): tf.Tensor {
  const means = Array.from(signs, (sum, place) => sum / Math.max(1, counts[place] as number));
  const baseline = tf.tensor1d(means.map((mean) => (Math.abs(mean) === 1 ? 0 : mean)));
  return tf.sub(signed, tf.mul(directions, expandPerSample(baseline, directions.rank)));
}

async function drawn(
  point: Point,
  deltas: tf.Tensor1D,
  counts: readonly number[],
  draws: readonly number[],
  evaluator: Evaluator,
  options: DirectionOptions,
  tally: Tally,
): Promise<Tally> {
  const samples = counts.length;
  const u = tf.tidy(() => tf.stack(draws.map((draw) => directionsOf(point, deltas, draw, options))));
  try {
    // Pair p is draw ⌊p / samples⌋ of sample p mod samples.
    const pairs = Array.from({ length: draws.length * samples }, (_, pair) => pair);
    const wanted = pairs.filter((pair) => draws[Math.floor(pair / samples)]! < counts[pair % samples]!);
    const decisions = await decisionsAt(point, deltas, u, options.mayShrink ? wanted : pairs, evaluator);
    const weights = new Float32Array(pairs.length);
    const used = new Float32Array(pairs.length);
    const signs = tally.signs.slice();
    for (const pair of wanted) {
      weights[pair] = decisions.get(pair) ? 1 : -1;
      used[pair] = 1;
      signs[pair % samples] = signs[pair % samples]! + weights[pair]!;
    }
    const summed = (sum: tf.Tensor, factors: Float32Array) =>
      tf.tidy(() => tf.add(sum, tf.sum(tf.mul(u, expandPair(factors, draws.length, u.rank)), 0)));
    return { directions: summed(tally.directions, used), signed: summed(tally.signed, weights), signs };
  } finally {
    u.dispose();
  }
}

function expandPair(values: Float32Array, draws: number, rank: number): tf.Tensor {
  return tf.reshape(tf.tensor1d(values), [draws, values.length / draws, ...new Array<number>(rank - 2).fill(1)]);
}

/** Unit vectors, as far as the box lets the points go. */
function directionsOf(
  { x, rows, streams, step }: Point,
  deltas: tf.Tensor1D,
  draw: number,
  { norm, problem, rng }: DirectionOptions,
): tf.Tensor {
  return tf.tidy(() => {
    const stream = rng.fork('hop-skip-jump').fork(step);
    const shape = x.shape.slice(1);
    const noise =
      norm === 'l2' ? sampleNormals(stream, draw, streams, shape) : sampleUniforms(stream, draw, streams, shape, -1, 1);
    const unit = stepDirection(applyMask(problem.mask, noise, rows), 'l2');
    const delta = expandPerSample(deltas, x.rank);
    return tf.div(tf.sub(clipToBounds(tf.add(x, tf.mul(unit, delta)), problem.model.bounds), x), delta);
  });
}

async function decisionsAt(
  { x, rows, streams, step }: Point,
  deltas: tf.Tensor1D,
  u: tf.Tensor,
  pairs: readonly number[],
  evaluator: Evaluator,
): Promise<ReadonlyMap<number, boolean>> {
  const samples = streams.length;
  const success = tf.tidy(() => {
    const at = tf.tensor1d([...pairs], 'int32');
    const owners = tf.tensor1d(
      pairs.map((pair) => pair % samples),
      'int32',
    );
    const points = tf.reshape(tf.add(x, tf.mul(u, expandPerSample(deltas, x.rank))), [-1, ...x.shape.slice(1)]);
    const place = {
      rows: tf.gather(rows, owners),
      streams: pairs.map((pair) => streams[pair % samples] as number),
      step,
    };
    return evaluator.look(tf.gather(points, at), place).success;
  });
  const values = await success.data();
  success.dispose();
  return new Map(pairs.map((pair, index) => [pair, Boolean(values[index])]));
}
