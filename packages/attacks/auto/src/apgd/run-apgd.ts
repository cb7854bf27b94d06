import {
  ascend,
  averaged,
  checkMask,
  copyOf,
  createRegion,
  type Evaluator,
  inspectFirst,
  type Keep,
  type LogitObjective,
  mayShrink,
  outcomeOf,
  type Point,
  problemEvaluator,
  type Region,
  type SampleState,
  type StepRule,
} from '@equipoise/ascent';
import { sampleNormals } from '@equipoise/kit';
import type { AttackOutcome, AttackProblem, RunContext } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { choose } from '../choose.js';
import type { ApgdSettings } from '../options.js';
import { type Phase, shrinkingPhases } from './checkpoints.js';
import { hiddenUntil } from './hidden-until.js';
import { momentumSteps } from './momentum-steps.js';
import { rawValues, type RegionPhase, sparseSteps } from './sparse-steps.js';

/** What a run maximises, and what it gives back. */
export interface ApgdRun {
  /** What is maximised, unless the problem has an objective. */
  readonly objective: LogitObjective;
  /** The class that the objective aims at, of each sample; absent: the problem's targets. */
  readonly aims?: tf.Tensor1D;
  /** Which iterate comes back. */
  readonly keep: Keep;
  /** Whether successes stop. */
  readonly earlyStop: boolean;
}

/** Runs Auto-PGD once, all restarts in one batch. */
export async function runApgd(
  settings: ApgdSettings,
  problem: AttackProblem,
  context: RunContext,
  run: ApgdRun,
): Promise<AttackOutcome> {
  await checkMask(problem.mask);
  const phases = phasesOf(settings, problem);
  const { start: firstThatCounts, steps: lastSteps } = phases.at(-1) as Phase;
  const judges = run.keep === 'success' || run.earlyStop;
  const ascended = await ascend({
    original: problem.x,
    start: startOf(settings, problem, (phases[0] as RegionPhase).region, context),
    sampleIndices: problem.sampleIndices,
    evaluator: hiddenUntil(evaluatorOf(settings, problem, run, judges, context), firstThatCounts),
    rule: ruleOf(settings, phases),
    steps: firstThatCounts + lastSteps,
    keep: run.keep,
    stopAtSuccess: run.earlyStop,
    mayShrink: mayShrink(problem),
    copies: settings.restarts,
    observe: (point: Point) => (point.step === 0 ? inspectFirst(withRawValues(point), context) : undefined),
    signal: context.signal,
  });
  return outcomeOf(problem, ascended, judges || problem.objective === undefined);
}

function withRawValues(point: Point): Point {
  return { ...point, seen: { ...point.seen, values: rawValues(point) } };
}

function phasesOf({ norm, eps, steps, shrinkingRadius }: ApgdSettings, problem: AttackProblem): RegionPhase[] {
  const radius = problem.eps ?? eps;
  const times = (factor: number) => (typeof radius === 'number' ? radius * factor : radius.map((one) => one * factor));
  const shrinks = norm === 'l1' && shrinkingRadius;
  const phases: readonly Phase[] = shrinks ? shrinkingPhases(steps) : [{ factor: 1, steps, start: 0 }];
  const { model, mask, x } = problem;
  return phases.map((phase) => ({
    ...phase,
    region: createRegion({ norm, eps: times(phase.factor), bounds: model.bounds, mask }, x.shape),
  }));
}

function ruleOf({ norm, steps, rho }: ApgdSettings, phases: readonly RegionPhase[]): StepRule {
  const { region } = phases[0] as RegionPhase;
  const rule: StepRule<never> | StepRule = norm === 'l1' ? sparseSteps(phases) : momentumSteps({ region, steps, rho });
  return rule as StepRule<SampleState>;
}

function startOf(
  { norm, randomStart }: ApgdSettings,
  { start }: AttackProblem,
  region: Region,
  { rng }: RunContext,
): (streams: readonly number[], original: tf.Tensor, rows: tf.Tensor1D) => tf.Tensor {
  const gaussian = (streams: readonly number[], original: tf.Tensor, rows: tf.Tensor1D) =>
    region.project(tf.add(original, sampleNormals(rng, 'start', streams, original.shape.slice(1))), original, { rows });
  return (streams, original, rows) => {
    const random = () =>
      norm === 'l1' ? gaussian(streams, original, rows) : region.randomStart(rng, streams, original, rows);
    if (!start) return randomStart ? random() : original;
    const given = region.project(tf.gather(start, rows), original, { rows });
    const isFirst = streams.map((stream) => copyOf(stream) === 0);
    return isFirst.includes(false) ? choose(tf.tensor1d(isFirst, 'bool'), given, random()) : given;
  };
}

function evaluatorOf(
  { expectationSamples: samples }: ApgdSettings,
  problem: AttackProblem,
  { objective, aims }: ApgdRun,
  judges: boolean,
  { rng }: RunContext,
): Evaluator {
  const evaluator = problemEvaluator(problem, { objective, judges, ...(aims ? { aims } : {}) });
  return samples > 1 ? averaged(evaluator, { samples, rng }) : evaluator;
}
