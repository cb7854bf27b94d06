import { applyMask, distanceIn, type Evaluator, type Point, type SampleState, type StepRule } from '@equipoise/ascent';
import { withTensors } from '@equipoise/kit';
import type { AttackProblem, Rng } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { boundarySearch } from '../boundary-search.js';
import { geometricStep } from './geometric-step.js';
import { gradientDirection } from './gradient-direction.js';
import type { HopSkipJumpSettings } from './options.js';

/** A step is halved so often at most, and so many queries are kept for it. */
const LONGEST_STEP_SEARCH = 12;

/** Directions below this number say too little. */
const FEWEST_DRAWS = 8;

/** Length of the first draws, as a share of the box (the authors' code). */
const FIRST_DELTA = 0.1;

/** What the steps need to know beside their numbers. */
export interface HopSkipJumpOptions {
  /** Box and mask. */
  readonly problem: AttackProblem;
  /** The evaluator can be asked about some of the samples, and about several copies. */
  readonly mayShrink: boolean;
  /** Samples with which there is nothing to do, one boolean a row of the caller's batch. */
  readonly isIdle: tf.Tensor1D;
  /** Queries before the first step, one number a row of the caller's batch. */
  readonly queries: tf.Tensor1D;
  /** Randomness of the directions. */
  readonly rng: Rng;
}

/** What a sample remembers. */
export interface HopSkipJumpState extends SampleState {
  /** Queries so far, without that of the point where it is, int32. */
  readonly queries: tf.Tensor1D;
  /** Length of the next draws. */
  readonly delta: tf.Tensor1D;
}

/**
 * Steps of HopSkipJump: a boundary search, then in each iteration a gradient direction, a step along it that is halved until it meets the
 * criterion, and a boundary search from there.
 *
 * @param settings norm, budget and number of draws
 * @param options problem, starts and randomness
 */
export function hopSkipJumpSteps(
  settings: HopSkipJumpSettings,
  options: HopSkipJumpOptions,
): StepRule<HopSkipJumpState> {
  const { norm, queries } = settings;
  const { problem, isIdle } = options;
  const { bounds } = problem.model;
  const search = { norm, bounds, halvings: halvingsOf(settings, problem.x) };
  // The look at where the sample is and at where it will be, the search, the step and a few directions.
  const smallestCost = 2 + search.halvings + LONGEST_STEP_SEARCH + FEWEST_DRAWS;
  return {
    gradients: false,
    init: (_, __, { rows }) =>
      tf.tidy(() => ({
        queries: tf.gather(options.queries, rows),
        delta: tf.fill([rows.size], FIRST_DELTA * (bounds[1] - bounds[0])),
      })),
    isIdle: ({ rows }, state) =>
      tf.logicalOr(
        tf.cast(tf.gather(tf.cast(isIdle, 'int32'), rows), 'bool'),
        tf.greater(tf.add(state.queries, smallestCost), queries),
      ),
    next: async (point, state, evaluator) => {
      const spent = Array.from(await state.queries.data(), (count) => count + 1 + search.halvings);
      const jumped =
        point.step === 0 ? tf.clone(point.x) : await jump(point, state, evaluator, settings, options, spent);
      try {
        return tf.tidy(() => {
          const x = boundarySearch(jumped, point, evaluator, search);
          const delta = point.step === 0 ? tf.clone(state.delta) : nextDelta(jumped, point, norm);
          return { x, state: { queries: tf.tensor1d(spent, 'int32'), delta } };
        });
      } finally {
        jumped.dispose();
      }
    },
  };
}

/** Halvings until the interval is within the precision of the paper; float32 can tell no more than 24 apart. */
function halvingsOf({ norm, gamma }: HopSkipJumpSettings, x: tf.Tensor): number {
  const size = x.size / (x.shape[0] ?? 1);
  return Math.min(24, Math.max(10, Math.ceil(Math.log2(size ** (norm === 'l2' ? 1.5 : 2) / gamma))));
}

/** The length of draws shrinks with the distance: `‖x̃ − x*‖/d`, in both norms. */
function nextDelta(jumped: tf.Tensor, { original, streams }: Point, norm: 'linf' | 'l2'): tf.Tensor1D {
  const size = jumped.size / streams.length;
  const distance = distanceIn(norm)(jumped, original);
  return tf.maximum(tf.div(distance, size), 1e-6);
}

/** A step along the estimated gradient that still meets the criterion; adds its queries to `spent`. */
async function jump(
  point: Point,
  { delta }: HopSkipJumpState,
  evaluator: Evaluator,
  { norm, queries, initialDraws, largestDraws }: HopSkipJumpSettings,
  { problem, mayShrink, rng }: HopSkipJumpOptions,
  spent: number[],
): Promise<tf.Tensor> {
  const wanted = Math.min(largestDraws, Math.round(initialDraws * Math.sqrt(point.step)));
  const counts = spent.map((count) => Math.min(wanted, queries - count - 1 - LONGEST_STEP_SEARCH));
  return withTensors(async (own) => {
    const estimated = await gradientDirection(point, delta, counts, evaluator, { norm, problem, mayShrink, rng });
    counts.forEach((count, place) => (spent[place] = (spent[place] as number) + count));
    const direction = own(applyMask(problem.mask, own(estimated), point.rows));
    const options = { norm, bounds: problem.model.bounds, mayShrink, halvings: LONGEST_STEP_SEARCH };
    return geometricStep(point, direction, evaluator, options, spent);
  });
}
