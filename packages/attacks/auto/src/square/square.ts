import {
  ascend,
  ballNorms,
  checkMask,
  createRegion,
  epsOption,
  inspectFirst,
  logitObjectives,
  mayShrink,
  normOption,
  objectiveOption,
  outcomeOf,
  problemEvaluator,
} from '@equipoise/ascent';
import { factory } from '@equipoise/kit';
import { type Attack, type AttackOutcome, type AttackProblem, defineComponent, type RunContext } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';
import { squareSteps } from './square-steps.js';

const schema = z.strictObject({
  norm: normOption(ballNorms),
  eps: epsOption,
  queries: z
    .int()
    .min(1)
    .default(5000)
    .describe('Number of proposals, each a forward pass of the samples that are left.'),
  p: z.number().positive().max(1).default(0.8).describe('Share of the pixels that the first proposals change.'),
  rescaleSchedule: z
    .boolean()
    .default(false)
    .describe('Shrinks the windows over the number of queries instead of over 10,000.'),
  restarts: z.int().min(1).default(1).describe('Searches with different random numbers, side by side.'),
  objective: objectiveOption.default('margin'),
});

type Settings = z.output<typeof schema>;

/**
 * Square attack: random search in linf, l2 and l1 that asks the model for logits only; see `squareSteps` for the source and the
 * departures. The unchanged input is looked at first, so a sample that is wrong already comes back as it is; samples that met the
 * criterion stop. With an objective of the problem and no criterion nothing stops.
 */
export const squareComponent = defineComponent({
  specVersion: 1,
  kind: 'attack',
  name: 'square',
  description: 'Square attack: random search with shrinking windows, without gradients, in linf, l2 and l1',
  options: schema,
  example: { eps: 0.3, queries: 50 },
  create: (settings): Attack => ({
    supports: { norms: [settings.norm], targeted: true, gradients: false, stochastic: true },
    threat: { norm: settings.norm, eps: settings.eps },
    doPerturb: (problem, context) => perturb(settings, problem, context),
  }),
});

/** Options of {@link square}. */
export type SquareOptions = z.input<typeof schema>;

/** Makes a Square attack; see {@link squareComponent}. */
export const square = factory(squareComponent);

async function perturb(settings: Settings, problem: AttackProblem, context: RunContext): Promise<AttackOutcome> {
  const { model, x, start, mask, sampleIndices } = problem;
  await checkMask(mask);
  const { norm, p, queries, rescaleSchedule, restarts } = settings;
  const region = createRegion({ norm, eps: problem.eps ?? settings.eps, bounds: model.bounds, mask }, x.shape);
  const judges = problem.objective === undefined || problem.criterion !== undefined;
  const rng = context.rng.fork('square');
  const ascended = await ascend({
    original: x,
    ...(start ? { start: (_, original, rows) => region.project(tf.gather(start, rows), original, { rows }) } : {}),
    sampleIndices,
    evaluator: problemEvaluator(problem, { objective: logitObjectives[settings.objective], judges }),
    rule: squareSteps({ region, p, queries, rescaleSchedule, startsAtFirst: start !== undefined, rng }),
    steps: queries + (start ? 0 : 1),
    keep: 'success',
    stopAtSuccess: judges,
    mayShrink: mayShrink(problem),
    copies: restarts,
    observe: (point) => (point.step === 0 ? inspectFirst(point, context) : undefined),
    signal: context.signal,
  });
  return outcomeOf(problem, ascended, judges);
}
