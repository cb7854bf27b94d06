import { logSumExp } from '@equipoise/autodiff';
import { scoring, oneHotLabels } from '@equipoise/kit';
import type { Model } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { logitsOf } from './logits.js';
import { absoluteGradient } from './loss-gradient.js';

/** Far below any logit, yet finite, so that no gradient becomes NaN. */
const excluded = -1e9;

/**
 * The correct-class margin of every sample: m = f_y − log Σ_{c≠y} exp f_c.
 *
 * It is the log odds of the label, so the cross-entropy is log(1 + e^{−m}).
 * @param logits `[batch, classes]`, at least two classes
 * @param labels `[batch]`, int32
 */
export function correctClassMargin(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Tensor1D {
  const own = oneHotLabels(labels, logits.shape[1]);
  const ownLogit = tf.sum(tf.mul(logits, own), 1);
  const others = logSumExp(tf.add(logits, tf.mul(own, excluded)), 1);
  return tf.sub(ownLogit, others);
}

/**
 * Contextual utility of every input entry by the gradient of the correct-class margin.
 *
 * Formula: u_j = |∂m(f(x), y)/∂x_j| with m of {@link correctClassMargin}. Within one sample it ranks entries exactly as
 * the loss gradient does, because ∂ℓ/∂x_j = −σ(−m)·∂m/∂x_j, but it does not vanish on confident samples.
 *
 * Source: a reconstruction beside the loss gradient; not in Kim et al. (2021).
 * @param model the model; it must give logits
 * @param x `[batch, ...inputShape]`
 * @param labels `[batch]`, int32
 * @returns utilities of the shape of `x`; the caller owns them
 */
export function marginUtility(model: Model, x: tf.Tensor, labels: tf.Tensor1D): tf.Tensor {
  return absoluteGradient((input) => correctClassMargin(logitsOf(model, input, scoring), labels), x);
}
