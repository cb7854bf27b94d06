import { InvalidOptionsError } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { noVariables, type LayerBuilder } from './layer.js';

/** Options of {@link standardize}. */
export interface StandardizeOptions {
  /** Name of the layer. */
  readonly name: string;
  /** What is subtracted: one number, or one a channel (last axis). */
  readonly mean: number | readonly number[];
  /** What it is divided by: one number, or one a channel (last axis). */
  readonly std: number | readonly number[];
}

/** (x − mean) / std, so that the inputs outside stay in their bounds. */
export function standardize({ name, mean, std }: StandardizeOptions): LayerBuilder {
  return (inputShape) => {
    const channels = inputShape.at(-1) as number;
    for (const [option, value] of Object.entries({ mean, std })) {
      if (typeof value !== 'number' && value.length !== channels) {
        const message = `has ${value.length} numbers, expected one number or ${channels}, one a channel`;
        throw new InvalidOptionsError(`layer "${name}"`, [{ message, path: [option] }]);
      }
    }
    const [center, scale] = [mean, std].map((value) => (typeof value === 'number' ? value : [...value])) as [
      number,
      number,
    ];
    return {
      name,
      variables: noVariables,
      outputShape: inputShape,
      apply: (x) => tf.div(tf.sub(x, center), scale),
    };
  };
}
