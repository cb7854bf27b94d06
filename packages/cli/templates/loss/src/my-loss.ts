import { crossEntropy } from '@equipoise/autodiff';
import { factory } from '@equipoise/kit';
import { defineComponent, UnsupportedError, type Loss, type LossInput, type LossValue } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';

const schema = z.strictObject({
  epsilon: z.number().min(-1).default(1).describe('Weight ε of the polynomial term; 0 leaves cross-entropy.'),
});

/** Options of {@link myLoss}. */
export type MyLossOptions = z.input<typeof schema>;

/**
 * Poly-1 cross-entropy, mean over the batch: −log p_y + ε·(1 − p_y), where p_y is the probability of the true class
 * (Leng et al., 2022, "PolyLoss", equation 6).
 *
 * Parts: `crossEntropy`, `polynomial` (before its weight). Throws an `UnsupportedError` if the model has no logits.
 */
export const myLossComponent = defineComponent({
  specVersion: 1,
  kind: 'loss',
  name: 'my-loss',
  description: 'Cross-entropy plus a linear term in the probability of the true class',
  options: schema,
  create: ({ epsilon }): Loss => ({
    needs: { labels: true, logits: true, views: 1, gradientOrder: 1 },
    variables: new Map(),
    doCompute: (input) => compute(input, epsilon),
  }),
});

/** Makes the loss; see {@link myLossComponent}. */
export const myLoss = factory(myLossComponent);

function compute({ model, x, labels, mode }: LossInput, epsilon: number): LossValue {
  const { logits } = model.forward(x, mode);
  if (!logits) throw new UnsupportedError('loss "my-loss"', 'logits', 'the model');
  const perSample = crossEntropy(logits, labels);
  const meanCrossEntropy = tf.mean(perSample) as tf.Scalar;
  const polynomial = tf.mean(tf.sub(1, tf.exp(tf.neg(perSample)))) as tf.Scalar;
  const total = tf.add(meanCrossEntropy, tf.mul(polynomial, epsilon)) as tf.Scalar;
  return { total, parts: { crossEntropy: meanCrossEntropy, polynomial } };
}
