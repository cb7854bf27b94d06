import { dividedByL1, type Point, type Region, type SampleState, type StepRule } from '@equipoise/ascent';
import { expandPerSample, flattenSamples, sampleNorm, threshold, tidied } from '@equipoise/kit';
import * as tf from '@tensorflow/tfjs-core';
import { choose } from '../choose.js';
import type { Phase } from './checkpoints.js';

/** A part of the attack and the region that it is in. */
export interface RegionPhase extends Phase {
  /** Where the inputs may be. */
  readonly region: Region;
}

/** A step moves two thirds as many entries as the best point has. */
const ENTRIES_OF_BEST = 2 / 3;
/** Share of the entries that the first steps move, where the start says nothing. */
const FIRST_SHARE = 0.2;
/** A best point with less than this share of the entries of the last one counts as sparser. */
const SPARSER = 0.95;
const STEP_DIVISOR = 1.5;
const SMALLEST_STEP = 0.1;

type State = SampleState & {
  readonly best: tf.Tensor;
  readonly bestGradients: tf.Tensor;
  readonly bestValues: tf.Tensor1D;
  /** Number of entries that a step moves, not rounded. */
  readonly entries: tf.Tensor1D;
  /** Number of entries of the best point at the last look. */
  readonly spread: tf.Tensor1D;
  /** Length of a step over the radius. */
  readonly stepShares: tf.Tensor1D;
};

/**
 * Auto-PGD in l1 (Croce and Hein 2021, algorithm 1): steps along the sign of the largest entries of the gradient, projected exactly
 * on ball and box. Every 0.04 of the steps a sample's number of entries becomes two thirds of its best point's; where the best
 * point got sparser the step grows back to eps and the sample to its best point, else the step shrinks by 1.5, down to eps/10.
 *
 * The next phase begins at the best point of the last one, projected on its ball.
 *
 * @param phases the parts of the attack in order; the next begins where the last has made its steps, and one move later
 */
export function sparseSteps(phases: readonly RegionPhase[]): StepRule<State> {
  const isGuided = phases.length > 1;
  return {
    gradients: true,
    init: (start) => tidied(() => beginning(start)),
    next: (point, before) =>
      tidied(() => {
        const current = phases.findLastIndex(({ start }) => start <= point.step);
        const phase = phases[current] as RegionPhase;
        const step = point.step - phase.start;
        const gradients = phase.region.masked(point.seen.gradients as tf.Tensor, point.rows);
        const state = withSeen(step === 0 ? phaseStart(before, point, isGuided) : before, point, gradients);
        if (step === phase.steps) return { x: projectedBest(phases[current + 1], state, point), state };
        return takeStep(phase, step, point, gradients, state);
      }),
  };
}

/** The value of the objective, where the evaluator hides it from the loop. */
export function rawValues({ seen }: Point): tf.Tensor1D {
  return (seen as { readonly raw?: tf.Tensor1D }).raw ?? seen.values;
}

function beginning(start: tf.Tensor): State {
  const constant = (value: number) => tf.fill([start.shape[0] ?? 0], value) as tf.Tensor1D;
  return {
    best: tf.clone(start),
    bestGradients: tf.zerosLike(start),
    bestValues: constant(-Infinity),
    entries: constant(0),
    spread: constant(0),
    stepShares: constant(1),
  };
}

function phaseStart(state: State, { x, original }: Point, isGuided: boolean): State {
  const size = x.size / (x.shape[0] ?? 1);
  const spread = isGuided ? spreadOf(x, original) : (tf.fill([x.shape[0] ?? 0], size) as tf.Tensor1D);
  return {
    ...state,
    bestValues: tf.fill(state.bestValues.shape, -Infinity),
    entries: tf.mul(spread, isGuided ? ENTRIES_OF_BEST : FIRST_SHARE),
    spread,
    stepShares: tf.onesLike(state.stepShares),
  };
}

function spreadOf(x: tf.Tensor, original: tf.Tensor): tf.Tensor1D {
  return sampleNorm(tf.sub(x, original), 0);
}

function withSeen(state: State, point: Point, gradients: tf.Tensor): State {
  const values = rawValues(point);
  const isBetter = tf.greater(values, state.bestValues);
  return {
    ...state,
    best: choose(isBetter, point.x, state.best),
    bestGradients: choose(isBetter, gradients, state.bestGradients),
    bestValues: tf.where(isBetter, values, state.bestValues),
  };
}

function projectedBest(next: RegionPhase | undefined, { best }: State, { original, rows }: Point): tf.Tensor {
  return next ? next.region.project(best, original, { rows }) : tf.clone(best);
}

function takeStep({ region, steps }: RegionPhase, step: number, point: Point, gradients: tf.Tensor, before: State) {
  const gap = Math.max(Math.trunc(0.04 * steps), 1);
  const isCheck = step > 0 && step % gap === 0;
  const { state, goesBack } = isCheck ? lookBack(before, point) : { state: before, goesBack: undefined };
  const from = goesBack ? choose(goesBack, state.best, point.x) : point.x;
  const along = goesBack ? choose(goesBack, state.bestGradients, gradients) : gradients;
  const length = tf.mul(expandPerSample(state.stepShares, from.rank), region.radius(point.rows, from.rank));
  const x = tf.add(from, tf.mul(length, sparseSigns(along, state.entries)));
  return { x: region.project(x, point.original, point), state };
}

function lookBack(state: State, { original }: Point): { state: State; goesBack: tf.Tensor1D } {
  const spread = spreadOf(state.best, original);
  const goesBack = tf.less(spread, tf.mul(state.spread, SPARSER)) as tf.Tensor1D;
  const shorter = tf.maximum(tf.div(state.stepShares, STEP_DIVISOR), SMALLEST_STEP);
  const stepShares = tf.where(goesBack, tf.onesLike(shorter), shorter) as tf.Tensor1D;
  return { state: { ...state, spread, entries: tf.mul(spread, ENTRIES_OF_BEST), stepShares }, goesBack };
}

/** The signs of the largest entries, divided by their number; entries as large as the last of them are in. */
function sparseSigns(gradients: tf.Tensor, entries: tf.Tensor1D): tf.Tensor {
  const rows = flattenSamples(gradients);
  const size = rows.shape[1];
  const left = tf.floor(tf.clipByValue(tf.sub(size, entries), 0, size - 1));
  const count = expandPerSample(tf.sub(size, left), 2);
  const sizes = tf.abs(rows);
  const notBelow = (t: tf.Tensor) => tf.cast(tf.greaterEqual(sizes, t), 'float32');
  const largest = tf.max(sizes, 1, true);
  const cut = threshold((t) => tf.sum(notBelow(t), 1, true), count, tf.zerosLike(largest), largest);
  return tf.reshape(dividedByL1(tf.mul(tf.sign(rows), notBelow(cut))), gradients.shape);
}
