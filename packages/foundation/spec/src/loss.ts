import type { Scalar, Tensor, Tensor1D, Variable } from '@tensorflow/tfjs-core';
import type { ForwardMode, Model } from './model.js';
import type { Rng } from './rng.js';

/** What a loss needs from the trainer, the model and the backend; checked before anything runs. */
export interface LossNeeds {
  /** Labels of the batch. */
  readonly labels: boolean;
  /** Logits of the model. */
  readonly logits: boolean;
  /** How many augmented views of each example; 1 is the example itself. */
  readonly views: number;
  /** Order of differentiation: 2 if the loss itself contains a gradient that is differentiated again. */
  readonly gradientOrder: 1 | 2;
}

/** What a loss is computed from. */
export interface LossInput {
  /** The model that is trained. */
  readonly model: Model;
  /** The batch, `[batch, ...inputShape]`, float32. */
  readonly x: Tensor;
  /** The labels, `[batch]`, int32. */
  readonly labels: Tensor1D;
  /** Further views of the same examples, each of the shape of `x`, where the loss needs several. */
  readonly views?: readonly Tensor[];
  /** The mode in which to run the model. */
  readonly mode: ForwardMode;
  /** The stream of this step; fork it by what it is for and then by `sampleIndices`. */
  readonly rng: Rng;
  /** The index of each example in its split, so that a sample's randomness does not depend on its batch. */
  readonly sampleIndices: ArrayLike<number>;
  /** Zero-based step, and the number of steps in all. */
  readonly step: number;
  /** Number of steps in all. */
  readonly steps: number;
}

/** Tensors by name that a loss made before the weight gradient's tape was opened. */
export type Prepared = Readonly<Record<string, Tensor>>;

/** A loss: the number that is minimised, and the named numbers that it is made of. */
export interface LossValue {
  /** What is minimised: a scalar. */
  readonly total: Scalar;
  /** The parts, by name, as they are shown in logs; unweighted. */
  readonly parts: Readonly<Record<string, Scalar>>;
}

/** Something to minimise in the weights. */
export interface Loss {
  /** What must be given. */
  readonly needs: LossNeeds;
  /** Weights of the loss's own (heads, critics), trained together with the model's. */
  readonly variables: ReadonlyMap<string, Variable>;
  /**
   * Makes what needs no weight gradient (utility maps, attacks, perturbed views), outside the weight gradient's tape.
   * The caller disposes what it gets.
   */
  doPrepare?(input: LossInput): Prepared | Promise<Prepared>;
  /** Computes the loss; runs inside a tidy and under a gradient tape. */
  doCompute(input: LossInput, prepared: Prepared): LossValue;
  /** Frees the loss's own variables. */
  dispose?(): void;
}
