import { applyMask, type Place, type Point, type SampleState, type StepRule } from '@equipoise/ascent';
import { clipToBounds, expandPerSample } from '@equipoise/kit';
import type { AttackProblem } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { lineSearch } from './line-search.js';
import type { PlbSettings } from './options.js';
import { proxOf } from './prox.js';

/** Gaps are taken for at least as large, so that a sample on the boundary has a finite gradient. */
const SMALLEST_GAP = 1e-12;

/** What the steps need to know beside their numbers. */
export interface LogBarrierOptions {
  /** Box and mask. */
  readonly problem: AttackProblem;
  /** The evaluator can be asked about some of the samples. */
  readonly mayShrink: boolean;
  /** Which samples do not move, bool; called inside a tidy. */
  readonly isIdle: (place: Place) => tf.Tensor1D;
}

/** What a sample remembers. */
export interface LogBarrierState extends SampleState {
  /** How often its last candidate was moved back, int32. */
  readonly backtracks: tf.Tensor1D;
}

/**
 * Steps of the proximal log-barrier method on the gap F, which the evaluator gives as values: F > 0 where the criterion is met.
 *
 * `v = u + h λ ∇F/F`, `w = clip(x + prox_{μ m}(v − x))`, back towards u until it meets the criterion; λ = λ₀ βᵏ in the outer
 * iteration k.
 *
 * @param settings h, λ₀, β, μ, γ and m
 * @param options problem and idle samples
 */
export function logBarrierSteps(settings: PlbSettings, options: LogBarrierOptions): StepRule<LogBarrierState> {
  const { gamma, maxBacktracks } = settings;
  const { problem, mayShrink, isIdle } = options;
  const prox = proxOf(settings);
  const search = { gamma, maxBacktracks, bounds: problem.model.bounds, mayShrink };
  return {
    gradients: true,
    init: (start) => ({ backtracks: tf.zeros([start.shape[0] ?? 0], 'int32') }),
    isIdle: (point) => isIdle(point),
    next: async (point, _, evaluator) => {
      const candidate = tf.tidy(() => candidateOf(point, settings, problem, prox));
      try {
        const { x, backtracks } = await lineSearch(candidate, point, evaluator, search);
        return { x, state: { backtracks } };
      } finally {
        candidate.dispose();
      }
    },
  };
}

function candidateOf(
  { x, original, rows, step, seen }: Point,
  { stepSize, lambda, beta, inner }: PlbSettings,
  { model, mask }: AttackProblem,
  prox: (delta: tf.Tensor) => tf.Tensor,
): tf.Tensor {
  const barrier = stepSize * lambda * beta ** Math.floor(step / inner);
  const gap = tf.maximum(tf.abs(seen.values), SMALLEST_GAP);
  const push = tf.mul(seen.gradients as tf.Tensor, expandPerSample(tf.div(barrier, gap), x.rank));
  const delta = applyMask(mask, tf.sub(tf.add(x, push), original), rows);
  return clipToBounds(tf.add(original, applyMask(mask, prox(delta), rows)), model.bounds);
}
