import {
  ascend,
  checkMask,
  createRegion,
  epsOption,
  estimated,
  inspectFirst,
  lengthSchema,
  logitObjectives,
  mayShrink,
  normOption,
  objectiveOption,
  outcomeOf,
  type Point,
  problemEvaluator,
  projectedSteps,
} from '@equipoise/ascent';
import { factory } from '@equipoise/kit';
import { type Attack, type AttackOutcome, type AttackProblem, defineComponent, type RunContext } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';

const schema = z.strictObject({
  norm: normOption(['linf', 'l2']),
  eps: epsOption,
  steps: z.int().min(0).default(40).describe('Number of steps, each with an estimated gradient.'),
  stepSize: lengthSchema
    .optional()
    .describe('Length of a step in the norm, in units of the input; default 2.5·eps/steps.'),
  samples: z.int().min(1).default(25).describe('Pairs of directions an estimate; each pair costs two queries.'),
  sigma: z.number().positive().default(0.001).describe('Standard deviation of the directions, in units of the input.'),
  momentum: z.number().nonnegative().optional().describe('Decay of accumulated gradients; absent: none.'),
  objective: objectiveOption.default('cross-entropy'),
  earlyStop: z
    .boolean()
    .default(true)
    .describe('Samples that met the criterion leave the batch and cost no more queries.'),
});

type NesSettings = z.output<typeof schema>;

/** The protocol of the field: steps of which two and a half reach across the ball, as in PGD. */
const STEPS_ACROSS = 2.5;

/**
 * Projected gradient ascent in a ball with gradients that are estimated from scores by natural evolution strategies (Ilyas, Engstrom,
 * Athalye and Lin 2018, 2.1 and 2.3): at most `1 + steps · (2·samples + 1)` queries a sample.
 *
 * A model that gives decisions instead of scores has no slope to estimate: warning `EQUIPOISE_ZERO_GRADIENTS`. Departure: directions are
 * drawn for each sample alone.
 */
export const nesComponent = defineComponent({
  specVersion: 1,
  kind: 'attack',
  name: 'nes',
  description: 'Projected gradient descent with gradients estimated from scores, in an linf or l2 ball',
  options: schema,
  create: (settings): Attack => ({
    supports: { norms: [settings.norm], targeted: true, gradients: false, stochastic: true },
    threat: { norm: settings.norm, eps: settings.eps },
    doPerturb: (problem, context) => perturb(settings, problem, context),
  }),
});

async function perturb(settings: NesSettings, problem: AttackProblem, context: RunContext): Promise<AttackOutcome> {
  const { norm, steps, samples, sigma, momentum, earlyStop } = settings;
  const { model, x, mask, start } = problem;
  const eps = problem.eps ?? settings.eps;
  await checkMask(mask);
  const region = createRegion({ norm, eps, bounds: model.bounds, mask }, x.shape);
  const evaluator = problemEvaluator(problem, { objective: logitObjectives[settings.objective] });
  const ascended = await ascend({
    original: x,
    ...(start && {
      start: (_: unknown, original: tf.Tensor, rows: tf.Tensor1D) =>
        region.project(tf.gather(start, rows), original, { rows }),
    }),
    sampleIndices: problem.sampleIndices,
    evaluator: estimated(evaluator, { samples, sigma, rng: context.rng }),
    rule: projectedSteps({ region, stepSize: stepSizeOf(settings, eps), decay: momentum }),
    steps,
    keep: 'success',
    stopAtSuccess: earlyStop,
    mayShrink: mayShrink(problem),
    observe: (point: Point) => (point.step === 0 ? inspectFirst(point, context) : undefined),
    signal: context.signal,
  });
  return outcomeOf(problem, ascended);
}

function stepSizeOf({ stepSize, steps, eps: own }: NesSettings, eps: number | readonly number[]): number | number[] {
  const of = (radius: number) => {
    if (stepSize === undefined) return (STEPS_ACROSS * radius) / Math.max(steps, 1);
    return typeof own === 'number' && own > 0 ? (stepSize * radius) / own : stepSize;
  };
  return typeof eps === 'number' ? of(eps) : eps.map(of);
}

/** Options of {@link nes}. */
export type NesOptions = z.input<typeof schema>;

/** Makes an NES attack; see {@link nesComponent}. */
export const nes = factory(nesComponent);
