import * as tf from '@tensorflow/tfjs-core';
import { noVariables, type LayerBuilder } from './layer.js';
import { requireImage } from './require-rank.js';

/** Options of {@link globalAverage}. */
export interface GlobalAverageOptions {
  /** Name of the layer. */
  readonly name: string;
}

/** The mean over height and width: one number a channel. */
export function globalAverage({ name }: GlobalAverageOptions): LayerBuilder {
  return (inputShape) => {
    const [, , channels] = requireImage(name, inputShape);
    return { name, variables: noVariables, outputShape: [channels], apply: (x) => tf.mean(x, [1, 2]) };
  };
}
