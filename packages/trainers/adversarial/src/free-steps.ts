import { createRegion, stepDirection, verdict } from '@equipoise/ascent';
import { scoring, rowsOf, withTensors } from '@equipoise/kit';
import type { StateArray } from '@equipoise/spec';
import { lossGradients, type LossGradients, type RunOpening } from '@equipoise/training';
import * as tf from '@tensorflow/tfjs-core';
import { mixed } from './attacked-steps.js';
import type { Steps, StepTools } from './method.js';
import type { FreeSettings } from './options.js';

/**
 * Free adversarial training (Shafahi et al. 2019, algorithm 1): one backward pass gives the gradients of weights and inputs, and both move.
 *
 * `δ ← P(δ + stepSize · d)`, d the direction of the gradient at x + δ; δ belongs to the place in the batch, begins at zero and is
 * carried over from batch to batch. Departures: the gradient is that at the point that was cut off at the box, not through the cut.
 */
export function freeSteps(
  settings: FreeSettings,
  cleanWeight: number,
  { task, trainable, plan }: RunOpening,
  { radius, overfitting }: StepTools,
): Steps {
  const { model, loss } = task;
  const shape = [plan.batchSize, ...model.inputShape];
  let perturbation: tf.Tensor = tf.zeros(shape);
  const replace = (next: tf.Tensor) => {
    perturbation.dispose();
    perturbation = next;
  };
  return {
    gradients: (input, { isLogged }) =>
      withTensors(async (own) => {
        const eps = radius(input.step, input.steps) ?? settings.eps;
        const stepSize = ((settings.stepSize ?? settings.eps) * eps) / (settings.eps || 1);
        const region = createRegion({ norm: settings.norm, eps, bounds: model.bounds }, input.x.shape);
        const rows = own(rowsOf(input.x));
        const ofBatch = own(tf.slice(perturbation, 0, [input.x.shape[0]!]));
        const x = own(tf.tidy(() => region.project(tf.add(input.x, ofBatch), input.x, { rows })));
        const found = await lossGradients(loss, mixed(input, x, cleanWeight), [...trainable, x]);
        const gradients = found.gradients.slice(0, -1);
        const ofInputs = own(found.gradients.at(-1)!);
        replace(
          tf.tidy(() => {
            const moved = tf.add(x, tf.mul(stepDirection(ofInputs, settings.norm), stepSize));
            const next = tf.sub(region.project(moved, input.x, { rows }), input.x);
            const rest = tf.slice(perturbation, [next.shape[0]!]);
            return rest.size === 0 ? next : tf.concat([next, rest]);
          }),
        );
        const parts = { ...found.parts, eps: tf.scalar(eps) };
        if (!isLogged || !model.supports.logits) return { ...found, gradients, parts };
        const success = own(tf.tidy(() => verdict(model.forward(x, scoring).logits!, input.labels)));
        overfitting.watch(success, eps);
        const attackSuccess = tf.tidy(() => tf.mean<tf.Scalar>(tf.cast(success, 'float32')));
        return { ...found, gradients, parts: { ...parts, attackSuccess } };
      }) as Promise<LossGradients>,
    expects: { perturbation: shape },
    capture: async (): Promise<Record<string, StateArray>> => ({
      perturbation: { shape, data: Float32Array.from(await perturbation.data()) },
    }),
    restore: (arrays) => replace(tf.tensor(arrays['perturbation']!.data.slice(), shape)),
    dispose: () => perturbation.dispose(),
  };
}
