import { logSumExp } from '@equipoise/autodiff';
import { sameShape, validateOptions } from '@equipoise/kit';
import { ShapeError } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';
import { requireRows } from '../checks/embeddings.js';
import { unitRows } from './unit-rows.js';

const alignmentSchema = z.strictObject({
  alpha: z.number().positive().default(2).describe('Exponent of the distance between the two views.'),
});

const uniformitySchema = z.strictObject({
  t: z.number().positive().default(2).describe('Inverse width of the Gaussian kernel.'),
});

/** Options of {@link alignment}. */
export interface AlignmentOptions {
  /** Exponent α of the distance between the two views; default 2. */
  readonly alpha?: number;
}

/** Options of {@link uniformity}. */
export interface UniformityOptions {
  /** Inverse width t of the Gaussian kernel; default 2. */
  readonly t?: number;
}

/**
 * How near two views of an example are on the unit sphere: mean over i of ‖x_i/|x_i| − y_i/|y_i|‖₂^α. 0 is perfect
 * alignment, 2^α the opposite. Differentiable in x and y, before normalising; where two views coincide the gradient is
 * taken as 0. Nothing is read back from the device: NaN in gives NaN out.
 *
 * Source: Wang and Isola (2020), "Understanding Contrastive Representation Learning through Alignment and Uniformity on the
 * Hypersphere", eq. 3. Departure: rows are normalised here.
 *
 * @param x one view, `[rows, features]`, float32
 * @param y the other view of the same examples, the same shape
 * @throws InvalidOptionsError unless `alpha` is above 0
 * @throws ShapeError unless both are matrices of one shape, DataError if they are empty
 */
export function alignment(x: tf.Tensor, y: tf.Tensor, options: AlignmentOptions = {}): tf.Scalar {
  const { alpha } = validateOptions(alignmentSchema, 'alignment', options);
  requireRows('x', x);
  if (!sameShape(x.shape, y.shape)) throw new ShapeError('y', x.shape, y.shape);
  return tf.tidy(() => tf.mean(power(tf.sum(tf.squaredDifference(unitRows(x), unitRows(y)), 1), alpha / 2)));
}

/** x^exponent of numbers that are not negative, with the gradient at 0 taken as 0. */
function power(x: tf.Tensor, exponent: number): tf.Tensor {
  if (exponent === 1) return x;
  const isZero = tf.equal(x, 0);
  return tf.where(isZero, tf.zerosLike(x), tf.pow(tf.where(isZero, tf.onesLike(x), x), exponent));
}

/**
 * How evenly embeddings are spread on the unit sphere: log of the mean over pairs i < j of exp(−t‖z_i − z_j‖₂²) with
 * z = x/|x|. 0 if all coincide; the lower the more uniform. Differentiable in x, before normalising. Makes a few matrices of
 * rows × rows, so give it a batch or a sample of a data set, not all of it. NaN in gives NaN out.
 *
 * Source: Wang and Isola (2020), as in {@link alignment}, eq. 4 in the form of the authors' code, over distinct pairs.
 * Departures: rows are normalised here; squared distances come from inner products, and the sum through log-sum-exp.
 *
 * @param x `[rows, features]`, float32, at least two rows
 * @throws InvalidOptionsError unless `t` is above 0
 * @throws ShapeError unless x is a matrix, DataError if it has fewer than two rows
 */
export function uniformity(x: tf.Tensor, options: UniformityOptions = {}): tf.Scalar {
  const { t } = validateOptions(uniformitySchema, 'uniformity', options);
  const [rows] = requireRows('x', x, 2);
  return tf.tidy(() => {
    const unit = unitRows(x);
    const squares = tf.sum(tf.square(unit), 1, true);
    const products = tf.matMul(unit, unit, false, true);
    const squaredDistances = tf.sub(tf.add(squares, tf.transpose(squares)), tf.mul(products, 2));
    const self = tf.cast(tf.eye(rows), 'bool');
    const exponents = tf.where(self, -Infinity, tf.mul(squaredDistances, -t));
    return tf.sub(logSumExp(exponents), Math.log(rows * (rows - 1))) as tf.Scalar;
  });
}
