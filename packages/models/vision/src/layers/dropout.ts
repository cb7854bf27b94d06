import { UnsupportedError } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { noVariables, type LayerBuilder } from './layer.js';

/** Options of {@link dropout}. */
export interface DropoutOptions {
  /** Name of the layer. */
  readonly name: string;
  /** Probability that a value is set to zero, in [0, 1). */
  readonly rate: number;
}

/**
 * In training mode sets each value to zero with probability `rate` and multiplies the others by 1/(1 − rate) (Srivastava et al., 2014,
 * in the inverted form); in inference mode changes nothing.
 *
 * The mask comes from `mode.rng.fork(name)`: the same mode gives the same mask. Throws an `UnsupportedError` in training mode
 * without `mode.rng`.
 */
export function dropout({ name, rate }: DropoutOptions): LayerBuilder {
  return (inputShape) => ({
    name,
    variables: noVariables,
    outputShape: inputShape,
    apply: (x, mode) => {
      if (!mode.training || rate === 0) return tf.clone(x);
      if (!mode.rng)
        throw new UnsupportedError(`layer "${name}"`, 'a random stream in training mode', 'a forward mode without rng');
      const draws = mode.rng.fork(name).uniforms(x.size);
      const mask = draws.map((draw) => (draw < rate ? 0 : 1 / (1 - rate)));
      return tf.mul(x, tf.tensor(mask, x.shape));
    },
  });
}
