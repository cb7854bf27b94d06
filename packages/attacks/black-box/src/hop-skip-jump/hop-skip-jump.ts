import { ascend, checkMask, distanceIn, inspectFirst, mayShrink, nearestOutcome, type Point } from '@equipoise/ascent';
import { disposeAll, factory } from '@equipoise/kit';
import { type Attack, type AttackOutcome, type AttackProblem, defineComponent, type RunContext } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import type * as z from 'zod';
import { decisionsOf, findStartsWithin } from '../starts.js';
import { hopSkipJumpSteps } from './hop-skip-jump-steps.js';
import { type HopSkipJumpSettings, schema } from './options.js';

/**
 * HopSkipJump: from any point that meets the criterion to the nearest, asking only for decisions (Chen, Jordan and Wainwright 2020,
 * algorithm 2): boundary search, gradient direction from random draws about the boundary, a step along it.
 *
 * Departures: each sample has a budget of queries of its own, which is never exceeded (with a criterion that cannot select rows, other
 * samples are asked along with it); the start is noise around the input that grows, or a coarse picture, instead of uniform noise; a
 * step is halved at most 12 times; boundary searches have at least 10 and at most 24 halvings. It does not maximise an objective.
 */
export const hopSkipJumpComponent = defineComponent({
  specVersion: 1,
  kind: 'attack',
  name: 'hop-skip-jump',
  description: 'HopSkipJump: the nearest adversarial example in l2 or linf, from decisions alone',
  options: schema,
  create: (settings): Attack => ({
    supports: { norms: [settings.norm], targeted: true, gradients: false, stochastic: true, objective: false },
    threat: { norm: settings.norm },
    doPerturb: (problem, context) => perturb(settings, problem, context),
  }),
});

async function perturb(
  settings: HopSkipJumpSettings,
  problem: AttackProblem,
  context: RunContext,
): Promise<AttackOutcome> {
  const { norm, steps } = settings;
  await checkMask(problem.mask);
  const evaluator = decisionsOf(problem);
  const { x, isIdle, queries } = await findStartsWithin(settings, problem, evaluator, context);
  const shrinks = mayShrink(problem);
  try {
    const ascended = await ascend({
      original: problem.x,
      start: (_, __, rows) => tf.gather(x, rows),
      sampleIndices: problem.sampleIndices,
      evaluator,
      rule: hopSkipJumpSteps(settings, { problem, mayShrink: shrinks, isIdle, queries, rng: context.rng }),
      steps: steps + 1,
      keep: { nearest: distanceIn(norm) },
      mayShrink: shrinks,
      observe: (point: Point) => (point.step === 0 ? inspectFirst(point, context) : undefined),
      signal: context.signal,
    });
    return nearestOutcome(problem, ascended, norm);
  } finally {
    disposeAll([x, isIdle, queries]);
  }
}

/** Options of {@link hopSkipJump}. */
export type HopSkipJumpOptions = z.input<typeof schema>;

/** Makes a HopSkipJump attack; see {@link hopSkipJumpComponent}. */
export const hopSkipJump = factory(hopSkipJumpComponent);
