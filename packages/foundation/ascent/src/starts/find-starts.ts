import { clipToBounds, disposeAll, expandPerSample, sampleNorm, tidied } from '@equipoise/kit';
import type { AttackProblem, RunContext } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { mayShrink } from '../evaluators/problem-evaluator.js';
import { type Ascended, ascend } from '../loop/ascend.js';
import type { Evaluator, Point, StepRule } from '../loop/contracts.js';
import { applyMask } from '../region/region.js';
import type { Proposal } from './proposals.js';

/** Where to look for points that meet the criterion. */
export interface StartSearch {
  /** What is attacked; its own `start` takes the place of all proposals. */
  readonly problem: AttackProblem;
  /** Says what meets the criterion. */
  readonly evaluator: Evaluator;
  /** The points to try. */
  readonly propose: Proposal;
  /** How many a sample. */
  readonly attempts: number;
  /** Who may stop the search, and who is told of samples without a start. */
  readonly context: RunContext;
}

/** Where an attack that stays on the far side of the boundary may begin. The caller owns the tensors. */
export interface Starts {
  /** The first proposal that met the criterion; the input itself of a sample that is idle. */
  readonly x: tf.Tensor;
  /** Samples with which there is nothing to do, `[batch]`, bool: they meet the criterion as they are, or no start was found. */
  readonly isIdle: tf.Tensor1D;
  /** How often the model was asked about each sample, `[batch]`, int32. */
  readonly queries: tf.Tensor1D;
}

/**
 * Looks for a point of each sample that meets the criterion: the input itself, then one proposal after the other. Samples that have one
 * leave the batch. Samples that find none are told in a warning, `EQUIPOISE_NO_START`.
 *
 * @param search problem and proposals
 */
export async function findStarts({ problem, evaluator, propose, attempts, context }: StartSearch): Promise<Starts> {
  const { x: original, start, sampleIndices } = problem;
  const steps = start ? 1 : attempts;
  const queries = new Int32Array(original.shape[0] ?? 0);
  const tried = await ascend({
    original,
    sampleIndices,
    evaluator,
    rule: proposals(problem, start ? (_, { rows }) => tf.gather(start, rows) : propose),
    steps,
    keep: 'success',
    stopAtSuccess: true,
    mayShrink: mayShrink(problem),
    observe: async ({ rows }: Point) => {
      for (const row of await rows.data()) queries[row] = (queries[row] as number) + 1;
    },
    signal: context.signal,
  });
  const starts = tidied(() => startsOf(original, tried, queries));
  const success = await tried.success.data();
  disposeAll(Object.values(tried));
  tellOfMissing(success, context);
  return starts;
}

function startsOf(original: tf.Tensor, { x, success }: Ascended, queries: Int32Array): Starts {
  const isFound = tf.broadcastTo(expandPerSample(success, x.rank), x.shape);
  const from = tf.where(isFound, x, original);
  const isIdle = tf.equal(sampleNorm(tf.sub(from, original), 'linf'), 0) as tf.Tensor1D;
  return { x: from, isIdle, queries: tf.tensor1d(queries, 'int32') };
}

function tellOfMissing(success: ArrayLike<number>, context: RunContext): void {
  const missing = Array.from(success).filter((one) => !one).length;
  if (missing === 0) return;
  context.report({
    type: 'warning',
    code: 'EQUIPOISE_NO_START',
    message: `No start was found for ${missing} of ${success.length} samples: the attack never began on them, which says nothing of their robustness. Give \`start\`, such as images of other classes.`,
    details: { missing, count: success.length },
  });
}

function proposals({ model, mask }: AttackProblem, propose: Proposal): StepRule {
  return {
    gradients: false,
    init: () => ({}),
    next: ({ original, rows, streams, step }) =>
      tf.tidy(() => {
        const proposed = tf.sub(propose(original, { rows, streams, step }), original);
        return { x: clipToBounds(tf.add(original, applyMask(mask, proposed, rows)), model.bounds), state: {} };
      }),
  };
}
