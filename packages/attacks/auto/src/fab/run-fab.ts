import {
  ascend,
  checkMask,
  createRegion,
  distanceIn,
  type Evaluator,
  inspectFirst,
  mayShrink,
  type Region,
} from '@equipoise/ascent';
import type { AttackOutcome, AttackProblem, Norm, RunContext } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { inTurn, type Stage } from '../cascade/in-turn.js';
import type { FabSettings } from '../options.js';
import { refuseObjective } from '../refuse-objective.js';
import { boundaryOfTarget, withinRadius } from './fab-evaluators.js';
import { fabSteps } from './fab-steps.js';

/** Random starts are at most half of this away where there is no radius, as in the authors' code. */
const START_RADII: Readonly<Record<Norm, number>> = { linf: 0.3, l2: 1, l1: 5 };

/** A boundary to walk along, of the samples of a problem. */
export interface Boundary {
  /** Names the run. */
  readonly name: string;
  /** Runs with the evaluator of the boundary. */
  with<T>(problem: AttackProblem, body: (boundary: Evaluator) => Promise<T>): Promise<T>;
}

/** Runs FAB once for each boundary and restart; with a radius the samples leave with their first success in it. */
export async function runFab(
  settings: FabSettings,
  problem: AttackProblem,
  context: RunContext,
  boundaries: readonly Boundary[],
): Promise<AttackOutcome> {
  refuseObjective(problem, 'FAB');
  await checkMask(problem.mask);
  const { norm, restarts } = settings;
  const eps = problem.eps ?? settings.eps;
  const aimed: Boundary = { name: 'target', with: (part, body) => body(boundaryOfTarget(part)) };
  const stages = (problem.targets ? [aimed] : boundaries).flatMap((boundary) =>
    Array.from({ length: restarts }, (_, restart): Stage => ({
      name: `${boundary.name}, restart ${restart}`,
      run: (part, own) => boundary.with(part, (evaluator) => runOnce(settings, part, own, evaluator, restart)),
    })),
  );
  return inTurn(problem, stages, context, { norm, eps, until: eps === undefined ? 'nearest' : 'success' });
}

async function runOnce(
  settings: FabSettings,
  problem: AttackProblem,
  context: RunContext,
  boundary: Evaluator,
  restart: number,
): Promise<AttackOutcome> {
  const { norm, steps } = settings;
  const { rng, signal } = context;
  const eps = problem.eps ?? settings.eps;
  const { model, x, mask, start, sampleIndices } = problem;
  const region = (factor: number): Region => {
    const radius = eps ?? START_RADII[norm];
    const scaled = typeof radius === 'number' ? radius * factor : radius.map((one) => one * factor);
    return createRegion({ norm, eps: scaled, bounds: model.bounds, mask }, x.shape);
  };
  const whole = region(1);
  const begin = (streams: readonly number[], original: tf.Tensor, rows: tf.Tensor1D) => {
    if (restart > 0) return region(0.5).randomStart(rng, streams, original, rows);
    return start ? tf.add(original, whole.masked(tf.sub(tf.gather(start, rows), original), rows)) : original;
  };
  const { values, ...outcome } = await ascend({
    original: x,
    start: begin,
    sampleIndices,
    evaluator: withinRadius(boundary, problem, norm, eps === undefined ? undefined : (rows) => whole.radius(rows, 1)),
    rule: fabSteps(settings, whole),
    steps,
    keep: { nearest: distanceIn(norm) },
    stopAtSuccess: eps !== undefined,
    mayShrink: mayShrink(problem),
    observe: (point) => (point.step === 0 ? inspectFirst(point, context) : undefined),
    signal,
  });
  values.dispose();
  return { adversarial: outcome.x, success: outcome.success };
}
