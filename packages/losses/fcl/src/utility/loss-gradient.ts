import { crossEntropy, inputGradients } from '@equipoise/autodiff';
import { scoring } from '@equipoise/kit';
import type { Model } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { logitsOf } from './logits.js';

/**
 * Contextual utility of every input entry by the gradient of the loss.
 *
 * Formula: u_j = |∂ℓ(f(x), y)/∂x_j|, with ℓ the softmax cross-entropy of that sample alone.
 *
 * Source: Kim, Glasner, Ramalingam, Hsieh, Papineni and Kumar (2021, arXiv 2105.09394) define utility in words as the
 * change of the loss when one input feature is perturbed; the gradient form is a reconstruction. Departure: the model
 * runs in scoring mode, so that the utility pass leaves moving averages alone and a sample's utility does not depend
 * on its batch. It vanishes on samples that are classified with confidence, so rank entries per sample, never threshold.
 * @param model the model; it must give logits
 * @param x `[batch, ...inputShape]`
 * @param labels `[batch]`, int32
 * @returns utilities of the shape of `x`; the caller owns them
 */
export function lossGradientUtility(model: Model, x: tf.Tensor, labels: tf.Tensor1D): tf.Tensor {
  return absoluteGradient((input) => crossEntropy(logitsOf(model, input, scoring), labels), x);
}

/** |∂o/∂x| of a per-sample objective o; the caller owns the result. */
export function absoluteGradient(objective: (x: tf.Tensor) => tf.Tensor1D, x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => tf.abs(inputGradients(objective, x).gradients));
}
