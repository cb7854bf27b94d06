import { NumericalError, type RunContext } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import type { Point } from './loop/contracts.js';

/**
 * Looks at the first point of an attack: an objective that is not a number ends it, gradients that are zero are told.
 *
 * @param point the first point
 * @param context who is told
 * @throws NumericalError if the objective of a sample is NaN
 */
export async function inspectFirst(point: Point, context: RunContext): Promise<void> {
  const values = await point.seen.values.data();
  const wrong = values.findIndex((value) => Number.isNaN(value));
  if (wrong !== -1) {
    throw new NumericalError(
      `The objective is NaN for sample ${wrong} of the batch before it was moved; look at the model's outputs.`,
      {
        index: wrong,
      },
    );
  }
  if (point.seen.gradients) await warnOfZeros(point.seen.gradients, context);
}

async function warnOfZeros(gradients: tf.Tensor, context: RunContext): Promise<void> {
  const largest = tf.tidy(() => tf.max(tf.abs(tf.reshape(gradients, [gradients.shape[0] ?? 0, -1])), 1));
  const sizes = Array.from(await largest.data());
  largest.dispose();
  const zero = sizes.filter((size) => size === 0).length;
  if (zero === 0) return;
  context.report({
    type: 'warning',
    code: 'EQUIPOISE_ZERO_GRADIENTS',
    message: `The gradient of ${zero} of ${sizes.length} samples is zero at their start, so a gradient attack cannot move them; robustness that it finds there may be masked.`,
    details: { zero, count: sizes.length },
  });
}
