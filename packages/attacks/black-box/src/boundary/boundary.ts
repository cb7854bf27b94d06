import { ascend, checkMask, distanceIn, inspectFirst, mayShrink, nearestOutcome, type Point } from '@equipoise/ascent';
import { disposeAll, factory } from '@equipoise/kit';
import { type Attack, type AttackOutcome, type AttackProblem, defineComponent, type RunContext } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import type * as z from 'zod';
import { decisionsOf, findStartsWithin } from '../starts.js';
import { boundarySteps } from './boundary-steps.js';
import { type BoundarySettings, schema } from './options.js';

/**
 * The boundary attack: a random walk along the boundary that comes nearer in l2, asking only for decisions (Brendel, Rauber and
 * Bethge 2018, algorithm 1 and section 2.4).
 *
 * Departures: each sample has a budget of queries; it begins with a boundary search (10 queries); random steps are judged alone
 * every 10 steps and their rate after 10 of those, the rate of whole steps after 30, as in Foolbox but ten times as often, so that small
 * budgets adapt too. HopSkipJump comes nearer with fewer queries. It does not maximise an objective.
 */
export const boundaryComponent = defineComponent({
  specVersion: 1,
  kind: 'attack',
  name: 'boundary',
  description: 'The boundary attack: a random walk to the nearest adversarial example in l2, from decisions alone',
  options: schema,
  create: (settings): Attack => ({
    supports: { norms: ['l2'], targeted: true, gradients: false, stochastic: true, objective: false },
    threat: { norm: 'l2' },
    doPerturb: (problem, context) => perturb(settings, problem, context),
  }),
});

async function perturb(
  settings: BoundarySettings,
  problem: AttackProblem,
  context: RunContext,
): Promise<AttackOutcome> {
  await checkMask(problem.mask);
  const evaluator = decisionsOf(problem);
  const { x, isIdle, queries } = await findStartsWithin(settings, problem, evaluator, context);
  try {
    const ascended = await ascend({
      original: problem.x,
      start: (_, __, rows) => tf.gather(x, rows),
      sampleIndices: problem.sampleIndices,
      evaluator,
      rule: boundarySteps(settings, { problem, isIdle, queries, rng: context.rng }),
      steps: settings.queries,
      keep: { nearest: distanceIn('l2') },
      mayShrink: mayShrink(problem),
      observe: (point: Point) => (point.step === 0 ? inspectFirst(point, context) : undefined),
      signal: context.signal,
    });
    return nearestOutcome(problem, ascended, 'l2');
  } finally {
    disposeAll([x, isIdle, queries]);
  }
}

/** Options of {@link boundary}. */
export type BoundaryOptions = z.input<typeof schema>;

/** Makes a boundary attack; see {@link boundaryComponent}. */
export const boundary = factory(boundaryComponent);
