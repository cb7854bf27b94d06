import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';

/** What is being optimised: one value a sample, differentiable in `x`; `x` is `[batch, ...inputShape]`. */
export type Objective = (x: Tensor) => Tensor1D;

/** When a sample is done: one boolean a sample. */
export type Criterion = (x: Tensor) => Tensor1D;

/** A norm of the input space. */
export type Norm = 'linf' | 'l2' | 'l1';

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
