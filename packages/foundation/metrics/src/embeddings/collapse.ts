import { safeSqrt } from '@equipoise/autodiff';
import { validateOptions } from '@equipoise/kit';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';
import { requireRows } from '../checks/embeddings.js';
import { unitRows } from './unit-rows.js';

const schema = z.strictObject({
  divisor: z
    .enum(['sample', 'population'])
    .default('sample')
    .describe('By what the sum of squares is divided: rows − 1 or rows.'),
});

/** Options of {@link collapse}. */
export interface CollapseOptions {
  /** By what the sum of squares is divided: `sample`, rows − 1, the default, or `population`, rows. */
  readonly divisor?: 'sample' | 'population';
}

/** How far embeddings have collapsed to a point. */
export interface Collapse {
  /** Mean over the features of the standard deviation over the rows: near 1/√features for spread embeddings, 0 when collapsed. */
  readonly standardDeviation: tf.Scalar;
  /** max(0, 1 − √features · standardDeviation): 0 when spread, 1 when collapsed. */
  readonly collapseLevel: tf.Scalar;
}

/**
 * The collapse check of self-supervised learning: the spread of embeddings on the unit sphere. Differentiable. Nothing is
 * read back from the device, so a trainer may report it at every step; NaN in gives NaN out.
 *
 * Source: Chen and He (2021), "Exploring Simple Siamese Representation Learning", section 4.1; with the default divisor it
 * is `std_of_l2_normalized` of lightly.
 *
 * @param x `[rows, features]`, float32; at least two rows, one for `population`
 * @returns two scalars, which the caller owns
 * @throws InvalidOptionsError for another divisor
 * @throws ShapeError unless x is a matrix, DataError if it has too few rows
 */
export function collapse(x: tf.Tensor, options: CollapseOptions = {}): Collapse {
  const { divisor } = validateOptions(schema, 'collapse', options);
  const missing = divisor === 'sample' ? 1 : 0;
  const [rows, features] = requireRows('x', x, 1 + missing);
  return tf.tidy(() => {
    const unit = unitRows(x);
    const deviations = tf.sub(unit, tf.mean(unit, 0, true));
    const variance = tf.div(tf.sum(tf.square(deviations), 0), rows - missing);
    const standardDeviation: tf.Scalar = tf.mean(safeSqrt(variance));
    return {
      standardDeviation,
      collapseLevel: tf.relu(tf.sub(1, tf.mul(standardDeviation, Math.sqrt(features)))) as tf.Scalar,
    };
  });
}
