import { crossEntropy, logSoftmax } from '@equipoise/autodiff';
import { factory } from '@equipoise/kit';
import { defineComponent, UnsupportedError, type Loss, type LossInput, type LossValue } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';
import { checkLabels } from './check-labels.js';

const schema = z.strictObject({
  labelSmoothing: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('Share of the target that is spread evenly over all classes, the true one included.'),
});

/** Options of {@link crossEntropyLoss}. */
export type CrossEntropyOptions = z.input<typeof schema>;

/**
 * Softmax cross-entropy from logits, mean over the batch:
 * (1 − a)·(log Σ_k exp z_k − z_y) + a·mean_k(log Σ_j exp z_j − z_k), a = `labelSmoothing` (Szegedy et al., 2016, section 7).
 *
 * Part: `crossEntropy`, the loss itself. Labels must be in [0, classes): `doPrepare` throws a `DataError` that names the first one
 * that is not, see {@link checkLabels} for when it looks; where it did not look, such a label makes the loss NaN, never a wrong
 * number. Throws an `UnsupportedError` if the model has no logits, a `ShapeError` if the labels are not one a sample.
 */
export const crossEntropyComponent = defineComponent({
  specVersion: 1,
  kind: 'loss',
  name: 'cross-entropy',
  description: 'Softmax cross-entropy from logits, with label smoothing',
  options: schema,
  create: ({ labelSmoothing }): Loss => ({
    needs: { labels: true, logits: true, views: 1, gradientOrder: 1 },
    variables: new Map(),
    async doPrepare(input) {
      await checkLabels(input);
      return {};
    },
    doCompute: (input) => compute(input, labelSmoothing),
  }),
});

/** Makes a cross-entropy loss; see {@link crossEntropyComponent}. */
export const crossEntropyLoss = factory(crossEntropyComponent);

function compute({ model, x, labels, mode }: LossInput, labelSmoothing: number): LossValue {
  const { logits } = model.forward(x, { ...mode, layers: false });
  if (!logits) throw new UnsupportedError('loss "cross-entropy"', 'logits', 'the model');
  const total = tf.mean(smoothed(logits, crossEntropy(logits, labels), labelSmoothing)) as tf.Scalar;
  return { total, parts: { crossEntropy: total } };
}

function smoothed(logits: tf.Tensor2D, perSample: tf.Tensor1D, labelSmoothing: number): tf.Tensor1D {
  if (labelSmoothing === 0) return perSample;
  const uniform = tf.neg(tf.mean(logSoftmax(logits), 1));
  return tf.add(tf.mul(perSample, 1 - labelSmoothing), tf.mul(uniform, labelSmoothing)) as tf.Tensor1D;
}
