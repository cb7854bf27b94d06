import { pgd } from '@equipoise/attack-pgd';
import { crossEntropy } from '@equipoise/autodiff';
import { scoring } from '@equipoise/kit';
import type { Model, Rng } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import type { LabelledBatch } from './training.js';

/** Numbers of an attack in linf with a random start. */
export interface PgdOptions {
  readonly eps: number;
  readonly stepSize: number;
  readonly steps: number;
}

/**
 * Projected gradient descent as in PyTorch's loop of ten lines: the last iterate, no verdicts. The objective is the problem's own, because
 * only then no forward pass is spent on whether the attack succeeded.
 */
export async function perturbWith(
  options: PgdOptions,
  model: Model,
  batch: LabelledBatch,
  rng: Rng,
): Promise<tf.Tensor> {
  const { labels } = batch;
  const attack = pgd({ norm: 'linf', ...options, keep: 'last' });
  const problem = {
    model,
    ...batch,
    objective: (x: tf.Tensor) => crossEntropy(model.forward(x, scoring).logits!, labels),
    criterion: (x: tf.Tensor) => tf.zeros([x.shape[0]!], 'bool') as tf.Tensor1D,
  };
  const { adversarial, success } = await attack.doPerturb(problem, { rng, report: () => undefined });
  success.dispose();
  return adversarial;
}
