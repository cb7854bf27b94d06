import type { Tensor, Tensor2D, Variable } from '@tensorflow/tfjs-core';
import type { Rng } from './rng.js';

/** How a network is run: in training mode batch statistics and dropout act, in inference mode nothing is changed. */
export interface ForwardMode {
  /** Whether layers behave as in training. */
  readonly training: boolean;
  /** The randomness of layers that need it in training. */
  readonly rng?: Rng;
  /** Whether `layers` is looked at; with `false` a model may leave it empty and take a shorter way to the same numbers. Default true. */
  readonly layers?: boolean;
}

/** What a forward pass gives. */
export interface Activations {
  /** Unnormalised scores, `[batch, classes]`; absent for an encoder without a head. */
  readonly logits?: Tensor2D;
  /** The representation φ(x) before the head, `[batch, features]`. */
  readonly embedding: Tensor2D;
  /** Every named layer's output, in order; may be empty where the mode's `layers` is false. */
  readonly layers: Readonly<Record<string, Tensor>>;
}

/** What a model can do for those who use it. */
export interface ModelSupport {
  /** Gradients with respect to the input exist. */
  readonly gradients: boolean;
  /** Gradients of gradients exist. */
  readonly secondOrder: boolean;
  /** Logits exist. */
  readonly logits: boolean;
}

/** A network, or anything that was wrapped to look like one. */
export interface Model {
  /** Shape of one input, without the batch axis; images are height, width, channels. */
  readonly inputShape: readonly number[];
  /** The range of valid inputs; normalisation happens inside the model. */
  readonly bounds: readonly [low: number, high: number];
  /** Length of a row of logits, if there are logits. */
  readonly classes?: number;
  /** What the model can do. */
  readonly supports: ModelSupport;
  /** Every weight by name, those that are not trained (moving averages) too. */
  readonly variables: ReadonlyMap<string, Variable>;
  /**
   * Runs the network on a batch.
   * @param x `[batch, ...inputShape]`, float32, within `bounds`
   * @param mode training or inference
   */
  forward(x: Tensor, mode: ForwardMode): Activations;
  /** Frees the variables. */
  dispose(): void;
}
