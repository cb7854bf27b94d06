import { crossEntropy, inputGradients } from '@equipoise/autodiff';
import { scoring } from '@equipoise/kit';
import { UnsupportedError, type Model } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { finiteChanges } from './finite-changes.js';

/** Form of the contextual utility. */
export type UtilityForm = { readonly method: 'gradient' } | { readonly method: 'finite'; readonly delta: number };

/**
 * Contextual feature utility: how much the loss of an example changes with each of its features.
 *
 * gradient: u_j = |∂ℓ(f(x), y)/∂x_j|; finite: u_j = |ℓ(x + δe_j) − ℓ(x)|, neither divided by δ nor clipped;
 * ℓ is the softmax cross-entropy of the one example. It vanishes on examples that are confidently right: rank the features
 * of an example, do not threshold.
 *
 * Source: Kim, Glasner, Ramalingam, Hsieh, Papineni, Kumar, "Feature Contrastive Learning", 2021 (definition in words; the
 * formulas are a reconstruction).
 *
 * @param x `[batch, ...inputShape]`
 * @param labels `[batch]`, int32
 * @returns `[batch, ...inputShape]`, not negative
 * @throws UnsupportedError if the model has no logits
 */
export function contextualUtility(
  model: Model,
  x: tf.Tensor,
  labels: tf.Tensor1D,
  form: UtilityForm = { method: 'gradient' },
): tf.Tensor {
  if (!model.supports.logits) throw new UnsupportedError('contextual utility', 'logits', 'the model');
  const losses = (input: tf.Tensor) => crossEntropy(model.forward(input, scoring).logits as tf.Tensor2D, labels);
  return tf.tidy(() => {
    if (form.method === 'gradient') return tf.abs(inputGradients(losses, x).gradients);
    const clean = losses(x);
    return finiteChanges(x, form.delta, (moved) => tf.abs(tf.sub(losses(moved), clean)) as tf.Tensor1D);
  });
}
