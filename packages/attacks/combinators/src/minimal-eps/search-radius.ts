import { logitObjectives, problemEvaluator, selectRows, type Selection } from '@equipoise/ascent';
import { distancesBetween, rowsOf, tidied } from '@equipoise/kit';
import type { Attack, AttackOutcome, AttackProblem, Norm, RunContext } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { type Bracket, type BracketOptions, nextRadius } from './bracket.js';

/** How radii are searched. */
export interface RadiusSearch {
  /** The attack that is asked at each radius. */
  readonly attack: Attack;
  /** How it measures. */
  readonly norm: Norm | 'l0';
  /** Between what the radius of each sample is searched. */
  readonly options: readonly BracketOptions[];
}

interface Progress {
  adversarial: tf.Tensor;
  readonly brackets: Bracket[];
}

/**
 * Asks an attack at one radius for each sample after the other, until each sample's smallest radius is known. In every round only those samples are
 * attacked that are still searched. A success counts with its distance, which may be below the radius that was asked for.
 */
export async function searchRadius(
  problem: AttackProblem,
  context: RunContext,
  search: RadiusSearch,
): Promise<AttackOutcome> {
  const progress: Progress = { adversarial: tf.clone(problem.x), brackets: [] };
  try {
    progress.brackets.push(...(await firstBrackets(problem)));
    for (let round = 0; await runRound(problem, context, search, progress, round); round++);
  } catch (error) {
    progress.adversarial.dispose();
    throw error;
  }
  const success = progress.brackets.map(({ high }) => high < Infinity);
  return { adversarial: progress.adversarial, success: tf.tensor1d(success, 'bool') };
}

/** Samples that meet the criterion as they are need no radius. */
async function firstBrackets(problem: AttackProblem): Promise<Bracket[]> {
  const evaluator = problemEvaluator(problem, { objective: logitObjectives['cross-entropy'] });
  const met = tidied(() => evaluator.look(problem.x, { rows: rowsOf(problem.x), streams: [], step: 0 }).success);
  const high = Array.from(await met.data(), (one) => (one ? 0 : Infinity));
  met.dispose();
  return high.map((one) => ({ low: 0, high: one }));
}

/** One question about each sample that is still searched; whether there was one. */
async function runRound(
  problem: AttackProblem,
  context: RunContext,
  { attack, norm, options }: RadiusSearch,
  progress: Progress,
  round: number,
): Promise<boolean> {
  context.signal?.throwIfAborted();
  const wanted = progress.brackets.map((bracket, row) => nextRadius(bracket, options[row] as BracketOptions));
  const rows = [...wanted.keys()].filter((row) => wanted[row] !== undefined);
  if (rows.length === 0) return false;
  const eps = wanted.map((radius, row) => radius ?? (options[row] as BracketOptions).first);
  const selection = selectRows({ ...problem, eps }, rows);
  let outcome: AttackOutcome | undefined;
  try {
    outcome = await attack.doPerturb(selection.problem, { ...context, rng: context.rng.fork('round').fork(round) });
    await learn(selection, outcome, norm, wanted, progress);
  } finally {
    if (outcome) tf.dispose([outcome.adversarial, outcome.success]);
    selection.dispose();
  }
  return true;
}

async function learn(
  { problem, rows }: Selection,
  { adversarial, success }: AttackOutcome,
  norm: Norm | 'l0',
  wanted: readonly (number | undefined)[],
  progress: Progress,
): Promise<void> {
  const found = await success.data();
  const distances = await distancesBetween(problem.x, adversarial, norm);
  const { brackets } = progress;
  const from = [...brackets.keys()];
  rows.forEach((row, place) => {
    const radius = wanted[row];
    if (radius === undefined) return;
    const { low, high } = brackets[row] as Bracket;
    const distance = Math.min(radius, distances[place] as number);
    if (!found[place]) brackets[row] = { low: Math.max(low, radius), high };
    else if (distance < high) {
      brackets[row] = { low, high: distance };
      from[row] = brackets.length + place;
    }
  });
  const merged = tf.tidy(() => tf.gather(tf.concat([progress.adversarial, adversarial]), tf.tensor1d(from, 'int32')));
  progress.adversarial.dispose();
  progress.adversarial = merged;
}
