import { jacobianColumnNorms, safeNorm, vjp } from '@equipoise/autodiff';
import { inference, sampleNormals } from '@equipoise/kit';
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
 * random: s_j² ≈ mean over r random v ~ N(0, I) of ((Jᵀv)_j)², unbiased for s_j²;
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
  const embed: Embed = (input) => model.forward(input, inference).embedding;
  if (form.method === 'exact') return jacobianColumnNorms(embed, x);
  if (form.method === 'random') return randomProjections(embed, x, form);
  return tf.tidy(() => {
    const clean = embed(x);
    return finiteChanges(x, form.delta, (moved) => safeNorm(tf.sub(embed(moved), clean), [1]) as tf.Tensor1D);
  });
}

function randomProjections(
  embed: Embed,
  x: tf.Tensor,
  { projections, rng, sampleIndices }: Extract<SensitivityForm, { method: 'random' }>,
): tf.Tensor {
  return tf.tidy(() => {
    const features = embed(x).shape[1];
    let squares: tf.Tensor = tf.zerosLike(x);
    for (let projection = 0; projection < projections; projection++) {
      squares = tf.tidy(() => {
        const v = sampleNormals(rng, `projection ${projection}`, sampleIndices, [features]);
        return tf.add(squares, tf.square(vjp(embed, x, v).gradient));
      });
    }
    return tf.sqrt(tf.div(squares, projections));
  });
}
