import { inference, tidied } from '@equipoise/kit';
import type { AttackOutcome, AttackProblem } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import type { Ascended } from './loop/ascend.js';
import { verdict } from './evaluators/problem-evaluator.js';

/**
 * Where the samples ended as the outcome of an attack; frees `ascended`.
 *
 * @param problem what was attacked
 * @param ascended what the loop gave
 * @param judged whether the loop knew the verdicts; without, and with logits, the model is asked once more
 */
export function outcomeOf(
  { model, labels, targets, criterion }: AttackProblem,
  ascended: Ascended,
  judged = true,
): AttackOutcome {
  const { x, values, success } = ascended;
  values.dispose();
  if (judged || criterion || !model.supports.logits) return { adversarial: x, success };
  success.dispose();
  return tidied(() => ({
    adversarial: x,
    success: verdict(model.forward(x, inference).logits as tf.Tensor2D, labels, targets),
  }));
}
