import { InvalidOptionsError } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { constantVariable } from '../initializers.js';
import type { LayerBuilder } from './layer.js';

/** Options of {@link groupNormalization}. */
export interface GroupNormalizationOptions {
  /** Name of the layer. */
  readonly name: string;
  /** Number of groups, a divisor of the number of channels; default 8. */
  readonly groups?: number;
  /** Added to the variance; default 1e-5. */
  readonly epsilon?: number;
}

/**
 * Group normalisation (Wu and He, 2018, equations 1 to 7): in each sample the channels are split into groups, and each group is
 * shifted and scaled to mean 0 and variance 1 over its places and channels; then `scale` and `offset` per channel. One
 * sample's output does not depend on the others; training and inference are the same.
 */
export function groupNormalization({ name, groups = 8, epsilon = 1e-5 }: GroupNormalizationOptions): LayerBuilder {
  return (inputShape) => {
    const channels = inputShape.at(-1) as number;
    if (channels % groups !== 0) {
      const message = `${groups} groups do not divide ${channels} channels`;
      throw new InvalidOptionsError(`layer "${name}"`, [{ message, path: ['groups'] }]);
    }
    const places = inputShape.slice(0, -1).reduce((product, length) => product * length, 1);
    const scale = constantVariable(1, channels);
    const offset = constantVariable(0, channels);
    return {
      name,
      variables: new Map(Object.entries({ scale, offset })),
      outputShape: inputShape,
      apply: (x) => {
        const batch = x.shape[0] as number;
        const grouped = tf.reshape(x, [batch, places, groups, channels / groups]);
        const centered = tf.sub(grouped, tf.mean(grouped, [1, 3], true));
        const variance = tf.mean(tf.square(centered), [1, 3], true);
        const normalized = tf.reshape(tf.mul(centered, tf.rsqrt(tf.add(variance, epsilon))), x.shape);
        return tf.add(tf.mul(normalized, scale), offset);
      },
    };
  };
}
