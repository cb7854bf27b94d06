import { disposeAll, runAttack, withTensors } from '@equipoise/kit';
import type { Attack, AttackOutcome, AttackProblem, LossInput, RunContext } from '@equipoise/spec';
import { lossGradients, type LossGradients, type LossTerm, type RunOpening } from '@equipoise/training';
import * as tf from '@tensorflow/tfjs-core';
import type { Steps, StepTools } from './method.js';
import { openWarmStart, type WarmStart } from './warm-start.js';

/** How the inputs are moved. */
export interface AttackedOptions {
  readonly attack: Attack;
  /** Weight of the loss on clean inputs. */
  readonly cleanWeight: number;
  /** Whether attacks start from the last perturbation. */
  readonly warmStart: boolean;
}

/** Steps whose inputs are moved by an attack. */
export function attackedSteps(options: AttackedOptions, opening: RunOpening, tools: StepTools): Steps {
  const { task, trainable } = opening;
  const warm = options.warmStart ? openWarmStart(options.attack, opening.data, task.model) : undefined;
  let isFirst = true;
  return {
    ...warm,
    gradients: (input) =>
      withTensors(async (own) => {
        const eps = tools.radius(input.step, input.steps);
        const outcome = own(await attacked(options.attack, input, { eps, warm, isFirst, report: tools.report }));
        isFirst = false;
        await warm?.keep(input, outcome.adversarial);
        tools.overfitting.watch(outcome.success, eps);
        const terms = mixed(input, outcome.adversarial, options.cleanWeight);
        return withParts(await lossGradients(task.loss, terms, trainable), { success: outcome.success, eps });
      }) as Promise<LossGradients>,
  };
}

interface AttackFacts {
  readonly eps: number | undefined;
  readonly warm: WarmStart | undefined;
  /** Whether the attack's word is checked. */
  readonly isFirst: boolean;
  readonly report: RunContext['report'];
}

/** The inputs after the attack; those of the batch themselves, in a new tensor, at radius zero. */
async function attacked(
  attack: Attack,
  { model, x, labels, sampleIndices, rng }: LossInput,
  { eps, warm, isFirst, report }: AttackFacts,
): Promise<AttackOutcome> {
  if (eps === 0) return { adversarial: tf.clone(x), success: tf.zeros([labels.size], 'bool') };
  const start = warm?.startOf({ x, sampleIndices, rng }, eps);
  try {
    const problem: AttackProblem = {
      ...{ model, x, labels, sampleIndices },
      ...(eps !== undefined && { eps }),
      ...(start && { start }),
    };
    const context = { rng: rng.fork('attack'), report };
    return await (isFirst ? runAttack(attack, problem, context) : attack.doPerturb(problem, context));
  } finally {
    disposeAll(start);
  }
}

/** The terms of `w·ℓ(x) + (1 − w)·ℓ(x')`. */
export function mixed(input: LossInput, adversarial: tf.Tensor, cleanWeight: number): LossTerm[] {
  const moved = { ...input, x: adversarial };
  if (cleanWeight === 0) return [{ input: moved }];
  return [
    { input: moved, weight: 1 - cleanWeight },
    { input, weight: cleanWeight, prefix: 'clean.' },
  ];
}

function withParts(
  gradients: LossGradients,
  { success, eps }: { readonly success: tf.Tensor1D; readonly eps: number | undefined },
): LossGradients {
  const attackSuccess = tf.tidy(() => tf.mean<tf.Scalar>(tf.cast(success, 'float32')));
  const parts = { ...gradients.parts, attackSuccess, ...(eps !== undefined && { eps: tf.scalar(eps) }) };
  return { ...gradients, parts };
}
