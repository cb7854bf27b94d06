import { valueAndGradients } from '@equipoise/autodiff';
import { disposeAll } from '@equipoise/kit';
import type { Loss, LossInput, Prepared } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';

/** A loss and its gradients, which whoever gets them owns. */
export interface LossGradients {
  /** What was minimised. */
  readonly total: tf.Scalar;
  /** The numbers that it is made of, by name. */
  readonly parts: Readonly<Record<string, tf.Scalar>>;
  /** One gradient for each of the variables. */
  readonly gradients: readonly tf.Tensor[];
}

/** A term of a sum of losses: a loss on an input, its weight, and what the names of its parts begin with. */
export interface LossTerm {
  /** What the loss is computed from. */
  readonly input: LossInput;
  /** What it is multiplied by; default 1. */
  readonly weight?: number;
  /** What the names of its parts begin with; default nothing. */
  readonly prefix?: string;
}

/**
 * Prepares a loss on one or several inputs, computes the weighted sum under one gradient tape, and differentiates it.
 *
 * @param loss the loss
 * @param terms the inputs
 * @param variables what to differentiate by
 */
export async function lossGradients(
  loss: Loss,
  terms: readonly LossTerm[],
  variables: readonly tf.Tensor[],
): Promise<LossGradients> {
  const prepared: Prepared[] = [];
  try {
    for (const { input } of terms) prepared.push((await loss.doPrepare?.(input)) ?? {});
    const { value, gradients } = valueAndGradients(() => sumOf(loss, terms, prepared), variables);
    return { ...value, gradients };
  } finally {
    disposeAll(prepared);
  }
}

function sumOf(
  loss: Loss,
  terms: readonly LossTerm[],
  prepared: readonly Prepared[],
): Pick<LossGradients, 'total' | 'parts'> {
  const parts: Record<string, tf.Scalar> = {};
  const totals = terms.map(({ input, weight, prefix = '' }, index) => {
    const value = loss.doCompute(input, prepared[index] as Prepared);
    for (const [name, part] of Object.entries(value.parts)) parts[prefix + name] = part;
    return weight === undefined ? value.total : tf.mul<tf.Scalar>(value.total, weight);
  });
  const [first, ...rest] = totals as [tf.Scalar, ...tf.Scalar[]];
  return { total: rest.reduce<tf.Scalar>((sum, total) => tf.add(sum, total), first), parts };
}
