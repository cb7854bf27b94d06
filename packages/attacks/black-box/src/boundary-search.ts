import type { Evaluator, Point } from '@equipoise/ascent';
import { clipToBounds, expandPerSample, sampleNorm } from '@equipoise/kit';
import * as tf from '@tensorflow/tfjs-core';

/** Where and how to search. */
export interface BoundarySearchOptions {
  /** `l2`: on the line to the input; `linf`: on the cubes around it. */
  readonly norm: 'linf' | 'l2';
  /** Number of halvings, each a query. */
  readonly halvings: number;
  /** The box of valid inputs. */
  readonly bounds: readonly [low: number, high: number];
}

/**
 * Goes from points that meet the criterion towards their inputs, by bisection, and stops at the last point that still meets it
 * (Chen, Jordan and Wainwright 2020, algorithm 1).
 *
 * @param far points that meet the criterion
 * @param point whose they are
 * @param evaluator says what meets the criterion
 * @param options norm and number of halvings
 * @returns points that were asked about, or `far`
 */
export function boundarySearch(
  far: tf.Tensor,
  { original, rows, streams, step }: Point,
  evaluator: Evaluator,
  { norm, halvings, bounds }: BoundarySearchOptions,
): tf.Tensor {
  return tf.tidy(() => {
    const delta = tf.sub(far, original);
    const radius = sampleNorm(delta, 'linf');
    const between = (share: tf.Tensor) => {
      const factor = expandPerSample(share, far.rank);
      if (norm === 'l2') return tf.mul(delta, factor);
      const limit = tf.mul(expandPerSample(radius, far.rank), factor);
      return tf.minimum(tf.maximum(delta, tf.neg(limit)), limit);
    };
    let best = far;
    let low: tf.Tensor = tf.zerosLike(radius);
    let high: tf.Tensor = tf.onesLike(radius);
    for (let halving = 0; halving < halvings; halving++) {
      const middle = tf.mul(tf.add(low, high), 0.5);
      const trial = clipToBounds(tf.add(original, between(middle)), bounds);
      const { success } = evaluator.look(trial, { rows, streams, step });
      best = tf.where(tf.broadcastTo(expandPerSample(success, far.rank), far.shape), trial, best);
      high = tf.where(success, middle, high);
      low = tf.where(success, low, middle);
    }
    return best === far ? tf.clone(far) : best;
  });
}
