import type { Point, Region, StepRule } from '@equipoise/ascent';
import { expandPerSample, flattenSamples } from '@equipoise/kit';
import * as tf from '@tensorflow/tfjs-core';
import { tanhSpace, type TanhSpace } from './tanh-space.js';

/** How c is searched. */
export interface ConstantSearchOptions {
  /** Number of values of c. */
  readonly searchSteps: number;
  /** Largest number of steps for each. */
  readonly steps: number;
  /** Learning rate of Adam at the first step with each c. */
  readonly stepSize: number;
  /** At the last; in between half a cosine. */
  readonly finalStepSize?: number | undefined;
  /** The first c. */
  readonly initialConst: number;
  /** The margin of a success. */
  readonly confidence: number;
  /** Whether a sample goes on early. */
  readonly abortEarly: boolean;
}

/** What is known of each sample: its point and moments, the count of its steps, its c, and the rounds of the search. */
type SearchState = {
  readonly w: tf.Tensor;
  readonly firstMoment: tf.Tensor;
  readonly secondMoment: tf.Tensor;
  readonly count: tf.Tensor1D;
  readonly constant: tf.Tensor1D;
  readonly lower: tf.Tensor1D;
  readonly upper: tf.Tensor1D;
  readonly round: tf.Tensor1D;
  readonly found: tf.Tensor1D;
  readonly checkedLoss: tf.Tensor1D;
};

const FAR = 1e30;
/** Share of its value by which the loss has to fall between two checks, and the number of checks. */
const LEAST_FALL = 1e-4;
const CHECKS = 10;
const BETA_1 = 0.9;
const BETA_2 = 0.999;
const EPSILON = 1e-8;

/** The rule of Carlini and Wagner: Adam for one c after the other, each sample at its own pace. */
export function constantSearch(options: ConstantSearchOptions, box: Region): StepRule<SearchState> {
  const space = tanhSpace(box.options.bounds);
  return {
    gradients: true,
    init: (start) => tf.tidy(() => beginning(start, options.initialConst, space)),
    isIdle: (_, { round }) => tf.greaterEqual(round, options.searchSteps) as tf.Tensor1D,
    next: (point, state) =>
      tf.tidy(() => {
        const { loss, gradient, found } = descent(point, state, options.confidence, space);
        const masked = box.masked(gradient, point.rows);
        const isCheck = tf.equal(tf.mod(state.count, Math.ceil(options.steps / CHECKS)), 0);
        const stagnates = tf.greater(loss, tf.mul(state.checkedLoss, 1 - LEAST_FALL));
        const aborts = options.abortEarly ? tf.logicalAnd(isCheck, stagnates) : tf.zerosLike(isCheck);
        const isOver = tf.logicalOr(aborts, tf.greaterEqual(state.count, options.steps));
        const stepped = {
          ...adamStep(state, masked, stepSizes(state.count, options)),
          found: tf.where(isCheck, tf.zerosLike(found), found) as tf.Tensor1D,
          checkedLoss: tf.where(isCheck, loss, state.checkedLoss) as tf.Tensor1D,
        };
        const next = merged(isOver, nextRound({ ...state, found }, point.original, space), { ...state, ...stepped });
        return { x: space.apply(next.w, point.original), state: next };
      }),
  };
}

function beginning(start: tf.Tensor, initialConst: number, space: TanhSpace): SearchState {
  const filled = (value: number) => tf.fill([start.shape[0] ?? 0], value) as tf.Tensor1D;
  return {
    w: space.inverse(start),
    firstMoment: tf.zerosLike(start),
    secondMoment: tf.zerosLike(start),
    count: filled(0),
    constant: filled(initialConst),
    lower: filled(0),
    upper: filled(FAR),
    round: filled(0),
    found: filled(0),
    checkedLoss: filled(FAR),
  };
}

/** The loss, its gradient by w, and whether the c of now has led to a success. */
function descent(point: Point, state: SearchState, confidence: number, space: TanhSpace) {
  const { x, original, seen } = point;
  const delta = tf.sub(x, original);
  const missing = tf.relu(tf.sub(confidence, seen.values));
  const loss = tf.add(tf.sum(tf.square(flattenSamples(delta)), 1), tf.mul(state.constant, missing)) as tf.Tensor1D;
  const weight = tf.mul(state.constant, tf.cast(tf.greater(missing, 0), 'float32'));
  const uphill = tf.mul(seen.gradients as tf.Tensor, expandPerSample(weight, x.rank));
  const gradient = tf.mul(tf.sub(tf.mul(2, delta), uphill), space.slope(state.w));
  const found = tf.maximum(state.found, tf.cast(seen.success, 'float32')) as tf.Tensor1D;
  return { loss, gradient, found };
}

function stepSizes(
  count: tf.Tensor1D,
  { steps, stepSize, finalStepSize = stepSize }: ConstantSearchOptions,
): tf.Tensor {
  const wave = tf.add(1, tf.cos(tf.mul(count, Math.PI / steps)));
  return tf.add(finalStepSize, tf.mul((stepSize - finalStepSize) / 2, wave));
}

/** Adam (Kingma and Ba 2015, algorithm 1) with a count of steps for each sample. */
function adamStep(state: SearchState, gradient: tf.Tensor, stepSize: tf.Tensor) {
  const count = tf.add(state.count, 1) as tf.Tensor1D;
  const firstMoment = tf.add(tf.mul(state.firstMoment, BETA_1), tf.mul(gradient, 1 - BETA_1));
  const secondMoment = tf.add(tf.mul(state.secondMoment, BETA_2), tf.mul(tf.square(gradient), 1 - BETA_2));
  const corrected = (moment: tf.Tensor, beta: number) =>
    tf.div(moment, expandPerSample(tf.sub(1, tf.pow(beta, count)), moment.rank));
  const root = tf.sqrt(corrected(secondMoment, BETA_2));
  const step = tf.div(corrected(firstMoment, BETA_1), tf.add(root, EPSILON));
  return { w: tf.sub(state.w, tf.mul(step, expandPerSample(stepSize, step.rank))), firstMoment, secondMoment, count };
}

/** The state before the first step with the next c. */
function nextRound(state: SearchState, original: tf.Tensor, space: TanhSpace): SearchState {
  const { constant, found } = state;
  const hasFound = tf.greater(found, 0);
  const upper = tf.where(hasFound, tf.minimum(state.upper, constant), state.upper) as tf.Tensor1D;
  const lower = tf.where(hasFound, state.lower, tf.maximum(state.lower, constant)) as tf.Tensor1D;
  const between = tf.div(tf.add(lower, upper), 2);
  const next = tf.where(tf.less(upper, FAR), between, tf.mul(constant, 10)) as tf.Tensor1D;
  const round = tf.add(state.round, 1) as tf.Tensor1D;
  return { ...beginning(original, 0, space), constant: next, lower, upper, round };
}

/** The one state where a round is over, else the other. */
function merged(isOver: tf.Tensor, next: SearchState, same: SearchState): SearchState {
  const pick = ([name, tensor]: [string, tf.Tensor]) => {
    const condition = tf.broadcastTo(expandPerSample(isOver, tensor.rank), tensor.shape);
    return [name, tf.where(condition, next[name as keyof SearchState], tensor)] as const;
  };
  return Object.fromEntries(Object.entries(same).map(pick)) as unknown as SearchState;
}
