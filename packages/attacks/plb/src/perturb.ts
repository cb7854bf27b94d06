import { softmax } from '@equipoise/autodiff';
import {
  ascend,
  checkMask,
  coarsePictures,
  copyOf,
  distanceIn,
  type Evaluator,
  findStarts,
  growingNoise,
  inspectFirst,
  inTurn,
  type LogitObjective,
  logitObjectives,
  mayShrink,
  nearestOutcome,
  type Point,
  problemEvaluator,
  type Proposal,
  type Starts,
} from '@equipoise/ascent';
import { type Own, withTensors } from '@equipoise/kit';
import type { AttackOutcome, AttackProblem, Rng, RunContext } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { logBarrierSteps } from './log-barrier-steps.js';
import type { PlbSettings } from './options.js';

/** Looks for starts and walks from there along the boundary. */
export async function perturb(
  settings: PlbSettings,
  problem: AttackProblem,
  context: RunContext,
): Promise<AttackOutcome> {
  await checkMask(problem.mask);
  const evaluator = problemEvaluator(problem, { objective: gapIn(settings.scores) });
  return withTensors(async (own) => {
    const starts = await startsOf(settings, problem, evaluator, context, own);
    const { adversarial, success } = await walk(settings, problem, evaluator, starts, context);
    return { adversarial, success };
  });
}

/** The starts of every copy, one copy after the other; a start that the problem gives is that of one copy. */
async function startsOf(
  settings: PlbSettings,
  problem: AttackProblem,
  evaluator: Evaluator,
  context: RunContext,
  own: Own,
): Promise<readonly Starts[]> {
  const { attempts, pictures } = settings.noise;
  const all: Starts[] = [];
  for (let copy = 0; copy < (problem.start ? 1 : settings.restarts); copy++) {
    const propose = proposalsOf(settings, problem, context.rng.fork(copy));
    const starts = await findStarts({ problem, evaluator, propose, attempts: attempts + pictures, context });
    own(Object.values(starts));
    all.push(starts);
  }
  return all;
}

async function walk(
  settings: PlbSettings,
  problem: AttackProblem,
  evaluator: Evaluator,
  starts: readonly Starts[],
  context: RunContext,
): Promise<AttackOutcome> {
  const { norm, outer, inner } = settings;
  const shrinks = mayShrink(problem);
  const ofCopy = <T extends tf.Tensor>(pick: (one: Starts) => T, { streams, rows }: Pick<Point, 'streams' | 'rows'>) =>
    tf.tidy(() => {
      const before = streams.map((stream) => copyOf(stream) * problem.labels.size);
      const slots = tf.add(tf.tensor1d(before, 'int32'), rows);
      return tf.gather(tf.concat(starts.map(pick), 0), slots) as T;
    });
  const isIdle = (place: Pick<Point, 'streams' | 'rows'>) =>
    tf.cast(
      ofCopy((one) => tf.cast(one.isIdle, 'int32'), place),
      'bool',
    );
  const ascended = await ascend({
    original: problem.x,
    start: (streams, _, rows) => ofCopy(({ x }) => x, { streams, rows }),
    sampleIndices: problem.sampleIndices,
    evaluator,
    rule: logBarrierSteps(settings, { problem, mayShrink: shrinks, isIdle }),
    steps: outer * inner,
    keep: { nearest: distanceIn(norm) },
    mayShrink: shrinks,
    copies: starts.length,
    observe: (point: Point) => (point.step === 0 ? inspectFirst(point, context) : undefined),
    signal: context.signal,
  });
  return nearestOutcome(problem, ascended, norm);
}

/** The gap F, positive where a sample is misclassified or, aimed, classified as its target. */
export function gapIn(scores: PlbSettings['scores']): LogitObjective {
  if (scores === 'logits') return logitObjectives.margin;
  return (logits, labels, targets) => logitObjectives.margin(softmax(logits) as tf.Tensor2D, labels, targets);
}

/** Uniform noise for linf and l0, else normal (Pooladian et al. 2020); coarse pictures where all of it is classified right. */
function proposalsOf({ norm, noise }: PlbSettings, { model }: AttackProblem, rng: Rng): Proposal {
  const distribution = norm === 'linf' || norm === 'l0' ? 'uniform' : 'normal';
  const around = growingNoise({ distribution, first: noise.first, growth: noise.growth, rng });
  return inTurn(around, noise.attempts, coarsePictures(model.bounds, rng));
}
