import { type Selection, selectRows, verdict } from '@equipoise/ascent';
import { distancesBetween, excessOver, scoring, rowsOf, tidied } from '@equipoise/kit';
import {
  type AttackOutcome,
  type AttackProblem,
  type Distance,
  type RunContext,
  UnsupportedError,
} from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';

/** One attack of several. */
export interface Stage {
  /** What it is called; its randomness depends on it. */
  readonly name: string;
  /** Attacks the samples that are left. */
  run(problem: AttackProblem, context: RunContext): Promise<AttackOutcome>;
}

/** How attacks follow each other. */
export interface InTurnOptions {
  /** How distances are measured. */
  readonly norm: Exclude<Distance, 'total-variation'>;
  /** The radius within which a success counts; absent: any. */
  readonly eps?: number | readonly number[] | undefined;
  /** `success`: a sample leaves with its first success; `nearest`: all attacks see it, and the nearest success is kept. */
  readonly until: 'success' | 'nearest';
  /** Hears after each attack how many samples there were, and how many of them it broke for the first time. */
  readonly heard?: (stage: Stage, counts: { readonly before: number; readonly broken: number }) => void;
}

/** What is known of each sample. */
interface Progress {
  adversarial: tf.Tensor;
  /** How far the kept success is; infinite without one, zero where the criterion was met before. */
  readonly distances: Float64Array;
}

/**
 * Runs attacks one after the other on the samples that are still robust. Samples that meet the criterion as they are stay as they are;
 * so do those that no attack breaks.
 *
 * @param problem what is attacked
 * @param stages the attacks, in order
 * @param context randomness, forked for each stage by its name
 * @param options when a success counts
 */
export async function inTurn(
  problem: AttackProblem,
  stages: readonly Stage[],
  context: RunContext,
  options: InTurnOptions,
): Promise<AttackOutcome> {
  const met = tidied(() => meets(problem));
  const distances = Float64Array.from(await met.data(), (one) => (one ? 0 : Infinity));
  met.dispose();
  const progress: Progress = { adversarial: tf.clone(problem.x), distances };
  try {
    for (const stage of stages) await runStage(stage, problem, context, options, progress);
  } catch (error) {
    progress.adversarial.dispose();
    throw error;
  }
  const success = tf.tensor1d(
    Array.from(distances, (distance) => distance < Infinity),
    'bool',
  );
  return { adversarial: progress.adversarial, success };
}

/** Whether each sample meets the criterion. */
function meets({ model, x, labels, targets, criterion }: AttackProblem): tf.Tensor {
  if (criterion) return tf.cast(criterion(x, rowsOf(x)), 'bool');
  const { logits } = model.forward(x, scoring);
  if (!logits) throw new UnsupportedError('An attack without a criterion', 'logits', 'the model');
  return verdict(logits, labels, targets);
}

async function runStage(
  stage: Stage,
  problem: AttackProblem,
  context: RunContext,
  options: InTurnOptions,
  progress: Progress,
): Promise<void> {
  context.signal?.throwIfAborted();
  const { distances } = progress;
  const left = [...distances.keys()].filter((row) =>
    options.until === 'success' ? distances[row] === Infinity : (distances[row] as number) > 0,
  );
  if (left.length === 0) return;
  const robust = () => distances.reduce((count, distance) => count + (distance === Infinity ? 1 : 0), 0);
  const before = robust();
  const selection = selectRows(problem, left);
  let outcome: AttackOutcome | undefined;
  try {
    outcome = await stage.run(selection.problem, { ...context, rng: context.rng.fork(stage.name) });
    await accept(outcome, selection, options, progress);
  } finally {
    if (outcome) tf.dispose([outcome.adversarial, outcome.success]);
    selection.dispose();
  }
  options.heard?.(stage, { before, broken: before - robust() });
}

async function accept(
  { adversarial, success }: AttackOutcome,
  { problem, rows }: Selection,
  { norm, eps }: InTurnOptions,
  progress: Progress,
): Promise<void> {
  const verdicts = await success.data();
  const found = await distancesBetween(problem.x, adversarial, norm);
  const radius = problem.eps ?? eps;
  const excess =
    radius === undefined
      ? undefined
      : await excessOver(problem.x, adversarial, { norm, eps: radius }, problem.model.bounds);
  const { distances } = progress;
  const from = Int32Array.from(distances.keys());
  rows.forEach((row, place) => {
    const isInside = excess === undefined || excess[place] === 0;
    if (!verdicts[place] || !isInside || (found[place] as number) >= (distances[row] as number)) return;
    distances[row] = found[place] as number;
    from[row] = distances.length + place;
  });
  const merged = tf.tidy(() => tf.gather(tf.concat([progress.adversarial, adversarial]), tf.tensor1d(from, 'int32')));
  progress.adversarial.dispose();
  progress.adversarial = merged;
}
