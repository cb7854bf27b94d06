import * as tf from '@tensorflow/tfjs-core';
import { constantVariable } from '../initializers.js';
import type { LayerBuilder } from './layer.js';

/** Options of {@link batchNormalization}. */
export interface BatchNormalizationOptions {
  /** Name of the layer. */
  readonly name: string;
  /** Share of the newest batch in the moving averages, in (0, 1] (PyTorch's convention; Keras's is one minus it); default 0.1. */
  readonly momentum?: number;
  /** Added to the variance; default 1e-5. */
  readonly epsilon?: number;
  /** Whether the moving variance is of the unbiased estimate n/(n − 1)·variance, as in PyTorch; default true. */
  readonly unbiased?: boolean;
}

/**
 * Batch normalisation (Ioffe and Szegedy, 2015, algorithms 1 and 2) over all axes but the last:
 * y = (x − mean)/√(variance + epsilon)·scale + offset.
 *
 * Training mode takes mean and (biased) variance from the batch, differentiates through both, to any order, and moves the
 * averages. Inference mode takes the moving averages and changes nothing. Weights `scale` and `offset`, and, not trained,
 * `mean` and `variance`. With one value a channel the batch variance is zero, and its unbiased estimate is taken as zero too.
 */
export function batchNormalization(options: BatchNormalizationOptions): LayerBuilder {
  const { name, momentum = 0.1, epsilon = 1e-5, unbiased = true } = options;
  return (inputShape) => {
    const channels = inputShape.at(-1) as number;
    const scale = constantVariable(1, channels);
    const offset = constantVariable(0, channels);
    const mean = constantVariable(0, channels, false);
    const variance = constantVariable(1, channels, false);
    const axes = inputShape.map((_, axis) => axis);

    function applyInTraining(x: tf.Tensor): tf.Tensor {
      const batchMean = tf.mean(x, axes);
      const centered = tf.sub(x, batchMean);
      const batchVariance = tf.mean(tf.square(centered), axes);
      const count = x.size / channels;
      move(mean, batchMean, momentum);
      move(variance, unbiased ? tf.mul(batchVariance, count / Math.max(1, count - 1)) : batchVariance, momentum);
      return tf.add(tf.mul(centered, tf.mul(tf.rsqrt(tf.add(batchVariance, epsilon)), scale)), offset);
    }

    function applyInInference(x: tf.Tensor): tf.Tensor {
      const factor = tf.mul(tf.rsqrt(tf.add(variance, epsilon)), scale);
      return tf.add(tf.mul(tf.sub(x, mean), factor), offset);
    }

    return {
      name,
      variables: new Map(Object.entries({ scale, offset, mean, variance })),
      outputShape: inputShape,
      apply: (x, mode) => (mode.training ? applyInTraining(x) : applyInInference(x)),
    };
  };
}

function move(average: tf.Variable, value: tf.Tensor, momentum: number): void {
  average.assign(tf.add(tf.mul(average, 1 - momentum), tf.mul(value, momentum)));
}
