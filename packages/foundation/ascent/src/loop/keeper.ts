import { expandPerSample } from '@equipoise/kit';
import * as tf from '@tensorflow/tfjs-core';
import type { Keep, Point } from './contracts.js';

/** The iterate of each sample that is kept so far. */
export interface Kept {
  /** The inputs. */
  readonly x: tf.Tensor;
  /** By what iterates of equal success are compared: the value, or minus the distance of a success. */
  readonly rank: tf.Tensor1D;
  /** The objective there. */
  readonly values: tf.Tensor1D;
  /** Whether the criterion is met there. */
  readonly success: tf.Tensor1D;
}

/** What is kept after the first look. Call it inside a tidy. */
export function keepFirst(keep: Keep, point: Point): Kept {
  const { values, success } = point.seen;
  return { x: tf.clone(point.x), rank: rankOf(keep, point), values: tf.clone(values), success: tf.clone(success) };
}

/** What is kept after a further look; NaN is never better. Call it inside a tidy. */
export function keepBetter(keep: Keep, kept: Kept, point: Point): Kept {
  const next = keepFirst(keep, point);
  if (keep === 'last') return next;
  const isBetter = better(keep, kept, next);
  const ofInputs = tf.broadcastTo(expandPerSample(isBetter, next.x.rank), next.x.shape);
  return {
    x: tf.where(ofInputs, next.x, kept.x),
    rank: tf.where(isBetter, next.rank, kept.rank),
    values: tf.where(isBetter, next.values, kept.values),
    success: tf.where(isBetter, next.success, kept.success),
  };
}

function better(keep: Keep, kept: Kept, next: Kept): tf.Tensor1D {
  const isHigher = tf.logicalOr(
    tf.greater(next.rank, kept.rank),
    tf.logicalAnd(tf.isNaN(kept.rank), isNumber(next.rank)),
  );
  if (keep === 'value') return isHigher as tf.Tensor1D;
  const isNew = tf.logicalAnd(next.success, tf.logicalNot(kept.success));
  const isLost = tf.logicalAnd(kept.success, tf.logicalNot(next.success));
  return tf.logicalOr(isNew, tf.logicalAnd(isHigher, tf.logicalNot(isLost)));
}

const isNumber = (x: tf.Tensor) => tf.logicalNot(tf.isNaN(x));

function rankOf(keep: Keep, { seen, x, original, rows, streams, step }: Point): tf.Tensor1D {
  if (typeof keep === 'string') return tf.clone(seen.values);
  const distance = keep.nearest(x, original, { rows, streams, step });
  return tf.where(seen.success, tf.neg(distance), seen.values);
}
