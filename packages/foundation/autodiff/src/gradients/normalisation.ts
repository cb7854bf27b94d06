import * as tf from '@tensorflow/tfjs-core';
import { gradientOf, sumTo, type GradientDefinition } from './definition.js';

/** y = (x − mean) scale / √(variance + ε) + offset; scale and offset may be absent. */
const batchNormGradient = gradientOf<{ varianceEpsilon: number }>(
  'FusedBatchNorm',
  ['x', 'mean', 'variance', 'scale'],
  (dy, saved, { varianceEpsilon }) => {
    const [x, mean, variance, scale] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor?];
    const inverse = () => tf.rsqrt(tf.add(variance, varianceEpsilon));
    const factor = () => (scale === undefined ? inverse() : tf.mul(inverse(), scale));
    const product = () => sumTo(tf.mul(dy, tf.sub(x, mean)), variance.shape);
    return {
      x: () => tf.mul(dy, factor()),
      mean: () => tf.neg(tf.mul(sumTo(dy, mean.shape), factor())),
      variance: () => tf.mul(tf.mul(-0.5, product()), tf.mul(factor(), tf.square(inverse()))),
      scale: () => tf.mul(product(), inverse()),
      offset: () => sumTo(dy, mean.shape),
    };
  },
);

/** dy − Σ dy y, times y, for y = softmax(x). */
const softmaxGradient = gradientOf<{ dim: number }>('Softmax', ['logits'], (dy, saved, { dim }) => {
  const logits = () => {
    const y = tf.softmax(saved[0] as tf.Tensor, dim);
    return tf.mul(y, tf.sub(dy, tf.sum(tf.mul(dy, y), dim, true)));
  };
  return { logits };
});

/** dy − softmax(x) Σ dy. */
const logSoftmaxGradient = gradientOf<{ axis: number }>('LogSoftmax', ['logits'], (dy, [logits], { axis }) => ({
  logits: () => tf.sub(dy, tf.mul(tf.softmax(logits as tf.Tensor, axis), tf.sum(dy, axis, true))),
}));

/** Gradients of normalisations: of a batch with given statistics, of rows to probabilities. */
export const normalisationGradients: readonly GradientDefinition[] = [
  batchNormGradient,
  softmaxGradient,
  logSoftmaxGradient,
];
