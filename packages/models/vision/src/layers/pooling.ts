import * as tf from '@tensorflow/tfjs-core';
import { noVariables, ofSteps, type LayerBuilder, type LayerStep } from './layer.js';
import { requireImage } from './require-rank.js';
import { pair, windowPlaces } from './window.js';

/** Options of {@link pooling}. */
export interface PoolingOptions {
  /** Name of the layer. */
  readonly name: string;
  /** Whether the largest or the mean value of each window goes on. */
  readonly type: 'max' | 'average';
  /** Height and width of the window; default 2. */
  readonly size?: number | readonly [height: number, width: number];
  /** Step of the window; default its size. */
  readonly stride?: number | readonly [vertical: number, horizontal: number];
  /** `same` windows may reach over the border, where an average counts real values only; default `valid`. */
  readonly padding?: 'same' | 'valid';
}

/** The largest or mean value of each window, channel by channel. */
export function pooling({ name, type, size = 2, stride = size, padding = 'valid' }: PoolingOptions): LayerBuilder {
  const window = { size: pair(size), stride: pair(stride), padding };
  const pool = type === 'max' ? tf.maxPool : tf.avgPool;
  const step: LayerStep = {
    run: (x) => pool(x as tf.Tensor4D, window.size, window.stride, padding),
    ...(type === 'max' ? { kind: 'maxima' } : {}),
  };
  return (inputShape) => {
    const [height, width, channels] = requireImage(name, inputShape);
    return {
      name,
      variables: noVariables,
      outputShape: [...windowPlaces(name, [height, width], window), channels],
      ...ofSteps(step),
    };
  };
}
