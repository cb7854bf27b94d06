import * as tf from '@tensorflow/tfjs-core';
import { noVariables, type LayerBuilder } from './layer.js';

/** Options of {@link flatten}. */
export interface FlattenOptions {
  /** Name of the layer. */
  readonly name: string;
}

/** All values of a sample in a row, in order of height, width, channel. */
export function flatten({ name }: FlattenOptions): LayerBuilder {
  return (inputShape) => {
    const size = inputShape.reduce((product, length) => product * length, 1);
    return {
      name,
      variables: noVariables,
      outputShape: [size],
      apply: (x) => tf.reshape(x, [x.shape[0] as number, size]),
    };
  };
}
