import {
  distanceIn,
  logitObjectives,
  type Place,
  problemEvaluator,
  selectRows,
  type Selection,
} from '@equipoise/ascent';
import { rowsOf, tidied } from '@equipoise/kit';
import type { Attack, AttackOutcome, AttackProblem, Distance, RunContext } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';

/** One run of an attack. */
export interface Run {
  /** The attack. */
  readonly attack: Attack;
  /** By what its random stream is forked. */
  readonly stream: string | number;
}

/** What is kept of each sample. */
interface Best {
  adversarial: tf.Tensor;
  readonly success: boolean[];
  /** Minus the distance of a success where that counts; the loss of a failure. The larger is the better among equals. */
  readonly ranks: number[];
}

/**
 * Runs attacks one after the other and keeps the best outcome of each sample: a success before a failure, of successes the nearest (or the first, without
 * `nearest`), of failures the one of the highest objective. Samples that can get no better leave: those that meet the criterion as they are, and,
 * without `nearest`, those that an earlier attack broke.
 *
 * @param problem what is attacked
 * @param runs the attacks, in order
 * @param context randomness, forked for each run, and the wish to stop
 * @param nearest how distances are measured, if the nearest success is looked for
 */
export async function bestOf(
  problem: AttackProblem,
  runs: readonly Run[],
  context: RunContext,
  nearest?: Distance,
): Promise<AttackOutcome> {
  const best = await begin(problem);
  try {
    for (const { attack, stream } of runs) {
      context.signal?.throwIfAborted();
      const left = rowsThatMayImprove(best, nearest);
      if (left.length === 0) break;
      const forked = { ...context, rng: context.rng.fork(stream) };
      await runOn(attack, selectRows(problem, left), forked, best, nearest);
    }
  } catch (error) {
    best.adversarial.dispose();
    throw error;
  }
  return { adversarial: best.adversarial, success: tf.tensor1d(best.success, 'bool') };
}

async function begin(problem: AttackProblem): Promise<Best> {
  const met = lookAt(problem, problem.x, true).success;
  const success = Array.from(await met.data(), Boolean);
  met.dispose();
  return {
    adversarial: tf.clone(problem.x),
    success,
    ranks: success.map((one) => (one ? 0 : -Infinity)),
  };
}

/** Values and verdicts at some inputs of a problem. */
function lookAt(problem: AttackProblem, x: tf.Tensor, judges: boolean) {
  const evaluator = problemEvaluator(problem, { objective: logitObjectives['cross-entropy'], judges });
  return tidied(() => {
    const place: Place = { rows: rowsOf(x), streams: [], step: 0 };
    const { values, success } = evaluator.look(x, place);
    return judges ? { success } : { success, values };
  });
}

function rowsThatMayImprove({ success, ranks }: Best, nearest?: Distance): number[] {
  const mayImprove = (row: number) => !success[row] || (nearest !== undefined && (ranks[row] as number) < 0);
  return [...success.keys()].filter(mayImprove);
}

async function runOn(
  attack: Attack,
  selection: Selection,
  context: RunContext,
  best: Best,
  nearest?: Distance,
): Promise<void> {
  let outcome: AttackOutcome | undefined;
  try {
    outcome = await attack.doPerturb(selection.problem, context);
    const success = Array.from(await outcome.success.data(), Boolean);
    const ranks = await ranksOf(selection.problem, outcome.adversarial, success, nearest);
    take(best, selection.rows, outcome.adversarial, success, ranks);
  } finally {
    if (outcome) tf.dispose([outcome.adversarial, outcome.success]);
    selection.dispose();
  }
}

async function ranksOf(
  problem: AttackProblem,
  adversarial: tf.Tensor,
  success: readonly boolean[],
  nearest?: Distance,
): Promise<number[]> {
  const distances = nearest ? await valuesOf(() => distanceIn(nearest)(adversarial, problem.x)) : undefined;
  const hasValues = problem.objective !== undefined || problem.model.supports.logits;
  const isNeeded = hasValues && success.includes(false);
  const losses = isNeeded ? await valuesOf(() => lookAt(problem, adversarial, false).values as tf.Tensor) : undefined;
  return success.map((one, row) => (one ? 0 - (distances?.[row] ?? 0) : (losses?.[row] ?? -Infinity)));
}

async function valuesOf(make: () => tf.Tensor): Promise<Float32Array> {
  const tensor = tidied(make);
  const values = (await tensor.data()) as Float32Array;
  tensor.dispose();
  return values;
}

function take(
  best: Best,
  rows: readonly number[],
  adversarial: tf.Tensor,
  success: readonly boolean[],
  ranks: readonly number[],
): void {
  const from = [...best.success.keys()];
  rows.forEach((row, place) => {
    const isSuccess = success[place] as boolean;
    const rank = ranks[place] as number;
    const isBetter = isSuccess === best.success[row] ? rank > (best.ranks[row] as number) : isSuccess;
    if (!isBetter) return;
    from[row] = best.success.length + place;
    best.success[row] = isSuccess;
    best.ranks[row] = rank;
  });
  const merged = tf.tidy(() => tf.gather(tf.concat([best.adversarial, adversarial]), tf.tensor1d(from, 'int32')));
  best.adversarial.dispose();
  best.adversarial = merged;
}
