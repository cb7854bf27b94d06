import type { ForwardMode, Rng } from '@equipoise/spec';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';

/** One step of a network, with its weights. */
export interface Layer {
  /** Name within the network, such as `conv1`. */
  readonly name: string;
  /** Weights by short name, such as `kernel`; the network prefixes them with the layer's name. */
  readonly variables: ReadonlyMap<string, Variable>;
  /** Shape of one output, without the batch axis. */
  readonly outputShape: readonly number[];
  /**
   * Runs the layer on a batch; gives a new tensor, never `x` itself.
   * @param x `[batch, ...inputShape]`, float32
   * @param mode training or inference
   */
  apply(x: Tensor, mode: ForwardMode): Tensor;
}

/**
 * Makes a layer for inputs of a given shape.
 *
 * The initial weights are drawn from `rng.fork(name of the layer)`, so that they depend on the stream and on the name alone,
 * not on the order in which layers are made.
 */
export type LayerBuilder = (inputShape: readonly number[], rng: Rng) => Layer;

/** What a layer without weights has to say. */
export const noVariables: ReadonlyMap<string, Variable> = new Map();
