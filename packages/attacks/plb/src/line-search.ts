import { type Evaluator, type Point, successesAmong } from '@equipoise/ascent';
import { clipToBounds, expandPerSample, sampleNorm } from '@equipoise/kit';
import * as tf from '@tensorflow/tfjs-core';

/** How far a line search goes. */
export interface LineSearchOptions {
  /** Share of the candidate in what is tried next. */
  readonly gamma: number;
  /** How often a candidate is moved back at most. */
  readonly maxBacktracks: number;
  /** The box of valid inputs. */
  readonly bounds: readonly [low: number, high: number];
  /** The evaluator can be asked about some of the samples. */
  readonly mayShrink: boolean;
}

/** Where a line search ended; the caller owns the tensors. */
export interface Searched {
  /** The candidate, or what was tried last, if it met the criterion; else where the sample was. */
  readonly x: tf.Tensor;
  /** How often each sample's candidate was moved back, `[batch]`, int32. */
  readonly backtracks: tf.Tensor1D;
}

/**
 * Moves candidates back towards where the samples are until they meet the criterion, `v ← γ v + (1 − γ) u`.
 *
 * The model is asked only about the candidates that failed last, and not about one that is the input itself: samples that
 * meet the criterion there have nothing to search for.
 *
 * @param candidate v, of the shape of the inputs; it stays the caller's
 * @param point where the samples are, u
 * @param evaluator says what meets the criterion
 * @param options how far to go back
 */
export async function lineSearch(
  candidate: tf.Tensor,
  point: Point,
  evaluator: Evaluator,
  options: LineSearchOptions,
): Promise<Searched> {
  const backtracks = new Int32Array(point.streams.length);
  let trial = tf.clone(candidate);
  try {
    let failed = await placesAtOriginal(trial, point);
    let open = point.streams.map((_, place) => place);
    for (;;) {
      const exhausted = failed.filter((place) => backtracks[place] === options.maxBacktracks);
      const again = failed.filter((place) => !exhausted.includes(place));
      for (const place of again) backtracks[place] = (backtracks[place] as number) + 1;
      trial = replaced(trial, movedBack(trial, point, again, exhausted, options));
      open = open.filter((place) => !exhausted.includes(place));
      if (open.length === 0) break;
      const successes = await successesAmong(evaluator, trial, point, open, options.mayShrink);
      failed = open.filter((_, index) => !successes[index]);
      if (failed.length === 0) break;
      open = failed;
    }
    return { x: trial, backtracks: tf.tensor1d(backtracks, 'int32') };
  } catch (error) {
    trial.dispose();
    throw error;
  }
}

async function placesAtOriginal(x: tf.Tensor, { original }: Point): Promise<number[]> {
  const distances = tf.tidy(() => sampleNorm(tf.sub(x, original), 'linf'));
  const values = await distances.data();
  distances.dispose();
  return [...values.keys()].filter((place) => values[place] === 0);
}

function replaced(old: tf.Tensor, next: tf.Tensor): tf.Tensor {
  if (old !== next) old.dispose();
  return next;
}

function movedBack(
  trial: tf.Tensor,
  { x, streams }: Point,
  again: readonly number[],
  exhausted: readonly number[],
  { gamma, bounds }: LineSearchOptions,
): tf.Tensor {
  if (again.length + exhausted.length === 0) return trial;
  return tf.tidy(() => {
    const at = (places: readonly number[]) =>
      tf.broadcastTo(
        expandPerSample(
          tf.tensor1d(
            streams.map((_, place) => places.includes(place)),
            'bool',
          ),
          x.rank,
        ),
        x.shape,
      );
    const nearer = clipToBounds(tf.add(tf.mul(trial, gamma), tf.mul(x, 1 - gamma)), bounds);
    const moved = tf.where(at(again), nearer, trial);
    return exhausted.length === 0 ? moved : tf.where(at(exhausted), x, moved);
  });
}
