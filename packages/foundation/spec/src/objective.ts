import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';

/**
 * What is being optimised: one value a sample, differentiable in `x`; `x` is `[batch, ...inputShape]`.
 *
 * `rows` are the places that the samples of `x` have in the batch which the objective was made for, `[batch]`, int32. An
 * objective that looks its labels up there can be asked about some of the samples, or about several copies of one.
 */
export type Objective = (x: Tensor, rows: Tensor1D) => Tensor1D;

/** When a sample is done: one boolean a sample; `rows` as in {@link Objective}. */
export type Criterion = (x: Tensor, rows: Tensor1D) => Tensor1D;

/** A norm of the input space. */
export type Norm = 'linf' | 'l2' | 'l1';

/** How far apart two inputs are: a norm of their difference, the number of its entries that are not zero, or its total variation. */
export type Distance = Norm | 'l0' | 'total-variation';

/** What is allowed: how far an input may move from where it started. */
export interface ThreatModel {
  /** The norm in which `eps` is measured. */
  readonly norm: Norm;
  /** The radius in units of the input; one number, or one a sample. */
  readonly eps: number | readonly number[];
  /** The box of valid inputs. */
  readonly bounds: readonly [low: number, high: number];
  /** Ones where the input may move, broadcast over the batch. */
  readonly mask?: Tensor;
}
