import { jacobianColumnNorms, safeNorm } from '@equipoise/autodiff';
import { scoring } from '@equipoise/kit';
import type { Model, Rng } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { finiteChanges } from './finite-changes.js';

/** Form of the contextual sensitivity. */
export type SensitivityForm =
  | { readonly method: 'exact' }
  | {
      readonly method: 'random';
      readonly projections: number;
      readonly rng: Rng;
      readonly sampleIndices: ArrayLike<number>;
    }
  | { readonly method: 'finite'; readonly delta: number };

type Embed = (x: tf.Tensor) => tf.Tensor2D;

/**
 * Contextual feature sensitivity: how much the representation of an example changes with each of its features.
 *
 * exact: s_j = ‖∂φ(x)/∂x_j‖₂ from one vector-Jacobian product for every component of φ;
 * random: s_j² ≈ mean over r random v of signs of ((Jᵀv)_j)², unbiased for s_j²;
 * finite: s_j = ‖φ(x + δe_j) − φ(x)‖₂, neither divided by δ nor clipped.
 *
 * With u the gradient form of the utility, u_j ≤ ‖∂ℓ/∂φ‖₂ · s_j (Cauchy–Schwarz).
 *
 * Source: Kim, Glasner, Ramalingam, Hsieh, Papineni, Kumar, "Feature Contrastive Learning", 2021 (definition in words; the
 * formulas are a reconstruction).
 *
 * @param x `[batch, ...inputShape]`
 * @returns `[batch, ...inputShape]`, not negative
 */
export function contextualSensitivity(
  model: Model,
  x: tf.Tensor,
  form: SensitivityForm = { method: 'exact' },
): tf.Tensor {
  const embed: Embed = (input) => model.forward(input, scoring).embedding;
  if (form.method !== 'finite') return jacobianColumnNorms(embed, x, form);
  return tf.tidy(() => {
    const clean = embed(x);
    return finiteChanges(x, form.delta, (moved) => safeNorm(tf.sub(embed(moved), clean), [1]) as tf.Tensor1D);
  });
}
