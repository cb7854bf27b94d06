import type { ForwardMode, Rng } from '@equipoise/spec';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';

/** A part of a layer's work. */
export interface LayerStep {
  /** Runs it; gives a new tensor, never `x` itself. */
  readonly run: (x: Tensor, mode: ForwardMode) => Tensor;
  /**
   * `monotone`: each value becomes a function of itself that nowhere falls, the same all over a channel. `maxima`: the largest value of
   * windows of each channel goes on. The two may change places: the values are the same, and so are the gradients.
   */
  readonly kind?: 'monotone' | 'maxima';
}

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
  /** What `apply` does, in parts; absent: it is one part of no kind. */
  readonly steps?: readonly LayerStep[];
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

/** Runs steps one after the other. */
export function runSteps(steps: readonly LayerStep[], x: Tensor, mode: ForwardMode): Tensor {
  return steps.reduce((value, { run }) => run(value, mode), x);
}

/** The members of a layer that consists of steps. */
export function ofSteps(...steps: readonly LayerStep[]): Pick<Layer, 'apply' | 'steps'> {
  return { steps, apply: (x, mode) => runSteps(steps, x, mode) };
}
