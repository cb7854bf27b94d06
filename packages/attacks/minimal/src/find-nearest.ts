import {
  ascend,
  checkMask,
  createRegion,
  distanceIn,
  type Evaluator,
  inspectFirst,
  mayShrink,
  nearestOutcome,
  type Point,
  type Region,
  type SampleState,
  type StepRule,
} from '@equipoise/ascent';
import { clipToBounds, sampleNorm, tidied } from '@equipoise/kit';
import type { AttackOutcome, AttackProblem, Norm, RunContext } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';

/** A search for the nearest success. */
export interface NearestSearch<State extends SampleState> {
  /** How distances are measured. */
  readonly norm: Norm | 'l0';
  /** Where values, verdicts and gradients come from. */
  readonly evaluator: Evaluator;
  /** How the samples move, given the box and the mask. */
  readonly rule: (box: Region) => StepRule<State>;
  /** Number of moves. */
  readonly steps: number;
  /** Number of copies of each sample, of which the nearest success comes back. Default 1. */
  readonly copies?: number;
  /** The first success is the result. */
  readonly stopAtSuccess?: boolean;
}

/**
 * Runs a search from the inputs and gives back the nearest success of each sample; where there is none, or none within a radius that the problem names,
 * the input.
 *
 * The input itself is looked at first: a sample that meets the criterion there is done, at distance zero. A `start` of the problem is where
 * the first move goes.
 *
 * @param problem what is attacked
 * @param context who is told, and the wish to stop
 * @param search how
 */
export async function findNearest<State extends SampleState>(
  problem: AttackProblem,
  context: RunContext,
  search: NearestSearch<State>,
): Promise<AttackOutcome> {
  await checkMask(problem.mask);
  const { x, mask, model, start, sampleIndices } = problem;
  const box = createRegion({ norm: 'linf', eps: Infinity, bounds: model.bounds, mask }, x.shape);
  const rule = leavingUnmoved(search.rule(box));
  const ascended = await ascend({
    original: x,
    sampleIndices,
    evaluator: search.evaluator,
    rule: start ? beginningAt(start, box, rule) : rule,
    steps: start ? search.steps + 1 : search.steps,
    keep: { nearest: distanceIn(search.norm) },
    stopAtSuccess: search.stopAtSuccess ?? false,
    mayShrink: mayShrink(problem),
    copies: search.copies ?? 1,
    observe: (point: Point) => (point.step === 0 ? inspectFirst(point, context) : undefined),
    signal: context.signal,
  });
  return nearestOutcome(problem, ascended, search.norm);
}

/** Samples that meet the criterion as they are need no move. */
function leavingUnmoved<State extends SampleState>(rule: StepRule<State>): StepRule<State> {
  return {
    ...rule,
    isIdle: (point, state) => {
      const isUnmoved = tf.equal(sampleNorm(tf.sub(point.x, point.original), 'linf'), 0);
      const isMet = tf.logicalAnd(isUnmoved, point.seen.success) as tf.Tensor1D;
      return rule.isIdle ? tf.logicalOr(isMet, rule.isIdle(point, state)) : isMet;
    },
  };
}

/** The first move goes to a given place, from which the rule goes on as if it had begun there. */
function beginningAt<State extends SampleState>(start: tf.Tensor, box: Region, rule: StepRule<State>): StepRule<State> {
  return {
    ...rule,
    next: (point, state, evaluator) => {
      const { original, rows, step, steps } = point;
      if (step > 0) return rule.next({ ...point, step: step - 1, steps: steps - 1 }, state, evaluator);
      return tidied(() => {
        const delta = box.masked(tf.sub(tf.gather(start, rows), original), rows);
        const x = clipToBounds(tf.add(original, delta), box.options.bounds);
        return { x, state: rule.init(x, original, point) };
      });
    },
  };
}
