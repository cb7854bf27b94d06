import {
  ascend,
  averaged,
  checkMask,
  createRegion,
  type Evaluator,
  inspectFirst,
  logitObjectives,
  mayShrink,
  outcomeOf,
  type Point,
  problemEvaluator,
  projectedSteps,
  type Region,
  withSurrogate,
} from '@equipoise/ascent';
import { sampleNormals } from '@equipoise/kit';
import type { AttackOutcome, AttackProblem, RunContext } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import type { PgdSettings } from './options.js';

/** The protocol of the field: steps of which two and a half reach across the ball (Madry's robustness library). */
const STEPS_ACROSS = 2.5;

/** Runs PGD on a problem; `stepSize` takes the place of the options' own. */
export async function perturb(
  settings: PgdSettings,
  problem: AttackProblem,
  context: RunContext,
  stepSize: number | readonly number[] = stepSizeOf(settings, problem.eps ?? settings.eps),
): Promise<AttackOutcome> {
  const { norm, steps, projection, keep, earlyStop, restarts } = settings;
  const eps = problem.eps ?? settings.eps;
  const mask = problem.mask;
  await checkMask(mask);
  const region = createRegion({ norm, eps, bounds: problem.model.bounds, mask, projection }, problem.x.shape);
  const judges = keep === 'success' || earlyStop;
  const ascended = await ascend({
    original: problem.x,
    start: startOf(settings, problem, region, context),
    sampleIndices: problem.sampleIndices,
    evaluator: evaluatorOf(settings, problem, judges, context),
    rule: projectedSteps({
      region,
      stepSize,
      decay: settings.momentum,
      sparsity: settings.sparsity,
    }),
    steps,
    keep,
    stopAtSuccess: earlyStop,
    mayShrink: mayShrink(problem),
    copies: restarts,
    lookAtLast: keep !== 'last' || judges,
    observe: (point: Point) => (point.step === 0 ? inspectFirst(point, context) : undefined),
    signal: context.signal,
  });
  return outcomeOf(problem, ascended, keep !== 'last' && (judges || problem.objective === undefined));
}

/** A step size that was given belongs to the radius that was given; with another radius it grows or shrinks along. */
function stepSizeOf({ stepSize, steps, eps: own }: PgdSettings, eps: number | readonly number[]): number | number[] {
  const each = (radius: number) => (STEPS_ACROSS * radius) / Math.max(steps, 1);
  const scaled = (radius: number) => {
    if (stepSize === undefined) return each(radius);
    return typeof own === 'number' && own > 0 ? (stepSize * radius) / own : stepSize;
  };
  return typeof eps === 'number' ? scaled(eps) : eps.map(scaled);
}

function startOf({ randomStart }: PgdSettings, { start }: AttackProblem, region: Region, { rng }: RunContext) {
  return (streams: readonly number[], original: tf.Tensor, rows: tf.Tensor1D): tf.Tensor => {
    if (start) return region.project(tf.gather(start, rows), original, { rows });
    return randomStart ? region.randomStart(rng, streams, original, rows) : original;
  };
}

function evaluatorOf(
  { objective, expectation, surrogate }: PgdSettings,
  problem: AttackProblem,
  judges: boolean,
  { rng }: RunContext,
): Evaluator {
  const options = { objective: logitObjectives[objective], judges };
  const own = problemEvaluator(problem, options);
  const evaluator = surrogate ? withSurrogate(own, problemEvaluator({ ...problem, model: surrogate }, options)) : own;
  if (!expectation) return evaluator;
  const { samples, noise, transformation } = expectation;
  return averaged(evaluator, {
    samples,
    rng,
    transformation: (x, stream, place) => {
      const changed = transformation?.(x, stream, place) ?? x;
      if (noise === 0) return changed;
      return tf.add(changed, tf.mul(noise, sampleNormals(stream, 'noise', place.streams, x.shape.slice(1))));
    },
  });
}
