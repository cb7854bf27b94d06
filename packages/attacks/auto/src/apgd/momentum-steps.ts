import type { Region, SampleState, StepRule } from '@equipoise/ascent';
import { stepDirection } from '@equipoise/ascent';
import { expandPerSample, tidied } from '@equipoise/kit';
import * as tf from '@tensorflow/tfjs-core';
import { choose } from '../choose.js';
import { checkpoints } from './checkpoints.js';

/** How Auto-PGD moves in linf and l2. */
export interface MomentumStepsOptions {
  /** Where the inputs may be. */
  readonly region: Region;
  /** Number of steps. */
  readonly steps: number;
  /** Share of the steps since the last look in which the objective has to rise, or the step is halved. */
  readonly rho: number;
}

/** Weight of the new step against the last move. */
const ALPHA = 0.75;

type State = SampleState & {
  readonly previous: tf.Tensor;
  readonly best: tf.Tensor;
  readonly bestGradients: tf.Tensor;
  readonly bestValues: tf.Tensor1D;
  readonly lastValues: tf.Tensor1D;
  readonly valuesAtCheck: tf.Tensor1D;
  readonly rises: tf.Tensor1D;
  readonly halved: tf.Tensor1D;
  readonly stepSizes: tf.Tensor1D;
};

/** Where a step begins. */
interface Base {
  readonly x: tf.Tensor;
  readonly gradients: tf.Tensor;
  readonly state: State;
}

/**
 * Auto-PGD in linf and l2 (Croce and Hein 2020, algorithm 1): `z = P(x + η d)`, `x ← P(x + 0.75 (z − x) + 0.25 (x − x_old))`, the first step
 * without momentum, η from 2 eps. At a checkpoint a sample halves η and goes back to its best point if its objective rose in at most
 * rho of the steps since the last one, or if it did not halve then and its best objective is unchanged.
 *
 * "At most" is the authors' code; the paper has "less than". The rise of the first step is counted against the start, where their code
 * compares with zero.
 *
 * @param options region and schedule
 */
export function momentumSteps({ region, steps, rho }: MomentumStepsOptions): StepRule<State> {
  const gaps = checkpoints(steps);
  return {
    gradients: true,
    init: (start, _original, { rows }) => tidied(() => beginning(start, region, rows)),
    next: ({ x, original, rows, step, seen }, before) =>
      tidied(() => {
        const gradients = region.masked(seen.gradients as tf.Tensor, rows);
        const state = withSeen(before, x, gradients, seen.values, step);
        const gap = gaps.get(step);
        const base = gap === undefined ? { x, gradients, state } : lookBack({ x, gradients, state }, rho * gap);
        return { x: moved(base, original, region, rows, step), state: { ...base.state, previous: tf.clone(base.x) } };
      }),
  };
}

function beginning(start: tf.Tensor, region: Region, rows: tf.Tensor1D): State {
  const batch = start.shape[0] ?? 0;
  const constant = (value: number) => tf.fill([batch], value) as tf.Tensor1D;
  return {
    previous: tf.clone(start),
    best: tf.clone(start),
    bestGradients: tf.zerosLike(start),
    bestValues: constant(-Infinity),
    lastValues: constant(Infinity),
    valuesAtCheck: constant(-Infinity),
    rises: constant(0),
    halved: constant(1),
    stepSizes: tf.mul(constant(2), region.radius(rows, 1)),
  };
}

/** Remembers the best point, and counts rises. */
function withSeen(state: State, x: tf.Tensor, gradients: tf.Tensor, values: tf.Tensor1D, step: number): State {
  const isBetter = tf.greater(values, state.bestValues);
  const bestValues = tf.where(isBetter, values, state.bestValues) as tf.Tensor1D;
  const isRise = tf.cast(tf.greater(values, state.lastValues), 'float32');
  return {
    ...state,
    best: choose(isBetter, x, state.best),
    bestGradients: choose(isBetter, gradients, state.bestGradients),
    bestValues,
    lastValues: tf.clone(values),
    valuesAtCheck: step === 0 ? bestValues : state.valuesAtCheck,
    rises: tf.add(state.rises, isRise),
  };
}

function lookBack({ x, gradients, state }: Base, leastRises: number): Base {
  const oscillates = tf.lessEqual(state.rises, leastRises);
  const rests = tf.logicalAnd(tf.equal(state.halved, 0), tf.greaterEqual(state.valuesAtCheck, state.bestValues));
  const halves = tf.logicalOr(oscillates, rests);
  return {
    x: choose(halves, state.best, x),
    gradients: choose(halves, state.bestGradients, gradients),
    state: {
      ...state,
      stepSizes: tf.where(halves, tf.mul<tf.Tensor1D>(state.stepSizes, 0.5), state.stepSizes),
      halved: tf.cast(halves, 'float32') as tf.Tensor1D,
      valuesAtCheck: state.bestValues,
      rises: tf.zerosLike(state.rises),
    },
  };
}

function moved({ x, gradients, state }: Base, original: tf.Tensor, region: Region, rows: tf.Tensor1D, step: number) {
  const stepSizes = expandPerSample(state.stepSizes, x.rank);
  const direction = stepDirection(gradients, region.options.norm);
  const z = region.project(tf.add(x, tf.mul(stepSizes, direction)), original, { rows });
  if (step === 0) return z;
  const forward = tf.mul(tf.sub(z, x), ALPHA);
  const onward = tf.mul(tf.sub(x, state.previous), 1 - ALPHA);
  return region.project(tf.add(x, tf.add(forward, onward)), original, { rows });
}
