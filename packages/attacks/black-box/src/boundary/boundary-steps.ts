import { applyMask, type Point, type SampleState, type StepRule } from '@equipoise/ascent';
import { clipToBounds, expandPerSample, sampleNorm, sampleNormals } from '@equipoise/kit';
import type { AttackProblem, Rng } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { boundarySearch } from '../boundary-search.js';
import { adapted, noTally, tallied } from './adaptation.js';
import type { BoundarySettings } from './options.js';

/** Halvings of the first search between start and input. */
const HALVINGS = 10;

/** How often, in steps, the random half of a step is judged alone. */
const CHECK_EVERY = 10;

/** What the steps need to know beside their numbers. */
export interface BoundaryOptions {
  /** Box and mask. */
  readonly problem: AttackProblem;
  /** Samples with which there is nothing to do, one boolean a row of the caller's batch. */
  readonly isIdle: tf.Tensor1D;
  /** Queries before the first step, one number a row of the caller's batch. */
  readonly queries: tf.Tensor1D;
  /** Randomness of the steps. */
  readonly rng: Rng;
}

/** What a sample remembers. */
export interface BoundaryState extends SampleState {
  /** The nearest point that met the criterion, from which the proposals are made. */
  readonly base: tf.Tensor;
  /** Queries so far, without that of the point where it is, int32. */
  readonly queries: tf.Tensor1D;
  /** Length of random steps, as a share of the distance. */
  readonly orthogonalStep: tf.Tensor1D;
  /** Length of steps towards the input, as a share of the distance. */
  readonly sourceStep: tf.Tensor1D;
  /** Random steps that were judged, and those that succeeded, `[batch, 2]`. */
  readonly orthogonalTally: tf.Tensor;
  /** Whole steps that were judged, and those that succeeded, `[batch, 2]`. */
  readonly sourceTally: tf.Tensor;
}

/**
 * Steps of the boundary attack: each point of the loop is a proposal, a random step on the sphere around the input and then a step
 * towards it, and is accepted if it meets the criterion and is nearer. First of all comes a boundary search.
 *
 * @param settings budget and steps
 * @param options problem, starts and randomness
 */
export function boundarySteps(settings: BoundarySettings, options: BoundaryOptions): StepRule<BoundaryState> {
  const { problem, isIdle } = options;
  return {
    gradients: false,
    init: (start, _, { rows }) =>
      tf.tidy(() => ({
        base: tf.clone(start),
        queries: tf.gather(options.queries, rows),
        orthogonalStep: tf.fill([rows.size], settings.orthogonalStep),
        sourceStep: tf.fill([rows.size], settings.sourceStep),
        orthogonalTally: noTally(rows.size),
        sourceTally: noTally(rows.size),
      })),
    isIdle: ({ rows, step }, { queries, sourceStep }) => {
      const cost = 2 + costOf(step);
      const isOver = tf.logicalOr(
        tf.greater(tf.add(queries, cost), settings.queries),
        tf.less(sourceStep, settings.convergence),
      );
      return tf.logicalOr(tf.cast(tf.gather(tf.cast(isIdle, 'int32'), rows), 'bool'), isOver);
    },
    next: (point, state, evaluator) =>
      tf.tidy(() => {
        const queries = tf.add(state.queries, tf.scalar(1 + costOf(point.step), 'int32')) as tf.Tensor1D;
        if (point.step === 0) {
          const search = { norm: 'l2', halvings: HALVINGS, bounds: problem.model.bounds } as const;
          const x = boundarySearch(point.x, point, evaluator, search);
          return { x, state: { ...cloned(state), base: tf.clone(x), queries } };
        }
        const judged = accepted(point, state, settings);
        const beside = besideOf(point, judged, options);
        const checked = isCheck(point.step)
          ? afterCheck(judged, evaluator.look(beside, point).success, settings)
          : judged;
        return { x: towards(beside, point, judged, options), state: { ...cloned(checked), queries } };
      }),
  };
}

const isCheck = (step: number) => step % CHECK_EVERY === 0;

/** Queries of a step beside the loop's own. */
function costOf(step: number): number {
  if (step === 0) return HALVINGS;
  return isCheck(step) ? 1 : 0;
}

/** A state of its own tensors, so that none of an older state is handed on. */
function cloned(state: BoundaryState): BoundaryState {
  return Object.fromEntries(
    Object.entries(state).map(([name, tensor]) => [name, tf.clone(tensor)]),
  ) as unknown as BoundaryState;
}

/** Takes the proposal over where it is nearer, and lengthens or shortens the steps towards the input. */
function accepted({ x, original, seen, step }: Point, state: BoundaryState, settings: BoundarySettings): BoundaryState {
  const distance = (at: tf.Tensor) => sampleNorm(tf.sub(at, original), 'l2');
  const isBetter = tf.logicalAnd(seen.success, tf.less(distance(x), distance(state.base)));
  const base = tf.where(tf.broadcastTo(expandPerSample(isBetter, x.rank), x.shape), x, state.base);
  if (step === 1) return { ...state, base };
  const tally = tallied(state.sourceTally, seen.success);
  const { factor, rest } = adapted(tally, { window: 30, low: 0.1, high: 0.25 }, settings.adaptation);
  return { ...state, base, sourceStep: tf.mul(state.sourceStep, factor), sourceTally: rest };
}

/** Both steps follow how often random steps alone succeed: about half of them do on a flat boundary. */
function afterCheck(state: BoundaryState, success: tf.Tensor1D, { adaptation }: BoundarySettings): BoundaryState {
  const tally = tallied(state.orthogonalTally, success);
  const { factor, rest } = adapted(tally, { window: 10, low: 0.2, high: 0.5 }, adaptation);
  return {
    ...state,
    orthogonalStep: tf.mul(state.orthogonalStep, factor),
    sourceStep: tf.mul(state.sourceStep, factor),
    orthogonalTally: rest,
  };
}

/** A random step of length δ times the distance, orthogonal to the way to the input, and back to the sphere. */
function besideOf(
  { original, rows, streams, step }: Point,
  { base, orthogonalStep }: BoundaryState,
  { problem, rng }: BoundaryOptions,
): tf.Tensor {
  const { rank } = base;
  const source = tf.sub(original, base);
  const distance = sampleNorm(source, 'l2');
  const unit = tf.div(source, expandPerSample(positive(distance), rank));
  const noise = sampleNormals(rng.fork('boundary'), step, streams, base.shape.slice(1));
  const masked = applyMask(problem.mask, noise, rows);
  const along = tf.sum(tf.mul(masked, unit), axesOf(rank));
  const across = tf.sub(masked, tf.mul(unit, expandPerSample(along, rank)));
  const length = tf.div(tf.mul(orthogonalStep, distance), positive(sampleNorm(across, 'l2')));
  const direction = tf.sub(tf.mul(across, expandPerSample(length, rank)), source);
  const onSphere = tf.div(direction, expandPerSample(tf.sqrt(tf.add(tf.square(orthogonalStep), 1)), rank));
  return clipToBounds(tf.add(original, onSphere), problem.model.bounds);
}

/** From there towards the input by ε times the distance; what clipping brought nearer counts. */
function towards(
  beside: tf.Tensor,
  { original }: Point,
  { base, sourceStep }: BoundaryState,
  { problem }: BoundaryOptions,
): tf.Tensor {
  const distance = sampleNorm(tf.sub(original, base), 'l2');
  const source = tf.sub(original, beside);
  const left = sampleNorm(source, 'l2');
  const length = tf.maximum(tf.add(tf.mul(sourceStep, distance), tf.sub(left, distance)), 0);
  const share = expandPerSample(tf.div(length, positive(left)), beside.rank);
  return clipToBounds(tf.add(beside, tf.mul(source, share)), problem.model.bounds);
}

const axesOf = (rank: number) => Array.from({ length: rank - 1 }, (_, axis) => axis + 1);

const positive = (lengths: tf.Tensor) => tf.where(tf.greater(lengths, 0), lengths, tf.onesLike(lengths));
