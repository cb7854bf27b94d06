import * as tf from '@tensorflow/tfjs-core';
import { biasVariable, kernelVariable, type Initializer } from '../initializers.js';
import { ofSteps, type LayerBuilder, type LayerStep } from './layer.js';
import { requireImage } from './require-rank.js';
import { pair, tensorflowPadding, windowPlaces, type Padding } from './window.js';

/** Options of {@link convolution}. */
export interface ConvolutionOptions {
  /** Name of the layer. */
  readonly name: string;
  /** Number of filters. */
  readonly channels: number;
  /** Height and width of a filter. */
  readonly kernel: number | readonly [height: number, width: number];
  /** Step of the filter; default 1. */
  readonly stride?: number | readonly [vertical: number, horizontal: number];
  /** Zeros around the image; default `same`. */
  readonly padding?: Padding;
  /** Whether a bias is added to each channel; default true. */
  readonly bias?: boolean;
  /** How the weights are drawn; default `torch-uniform`. */
  readonly initializer?: Initializer;
}

/**
 * A convolution over height and width (a cross-correlation, as everywhere in the field), kernel `[height, width, in, out]`;
 * weights `kernel`, `bias`. Where the window does not fit a whole number of times, what is left over at the end is ignored.
 */
export function convolution(options: ConvolutionOptions): LayerBuilder {
  const { name, channels, stride = 1, padding = 'same', bias = true, initializer = 'torch-uniform' } = options;
  const window = { size: pair(options.kernel), stride: pair(stride), padding };
  const pad = tensorflowPadding(padding);
  return (inputShape, rng) => {
    const [height, width, inputs] = requireImage(name, inputShape);
    const places = windowPlaces(name, [height, width], window);
    const stream = rng.fork(name);
    const area = window.size[0] * window.size[1];
    const fan = { in: area * inputs, out: area * channels };
    const kernel = kernelVariable(initializer, stream.fork('kernel'), [...window.size, inputs, channels], fan);
    const offset = bias ? biasVariable(initializer, stream.fork('bias'), channels, fan) : undefined;
    const convolve: LayerStep = {
      run: (x) => tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor as tf.Tensor4D, window.stride, pad),
    };
    const shift: LayerStep[] = offset ? [{ run: (y) => tf.add(y, offset), kind: 'monotone' }] : [];
    return {
      name,
      variables: new Map([['kernel', kernel], ...(offset ? [['bias', offset] as const] : [])]),
      outputShape: [...places, channels],
      ...ofSteps(convolve, ...shift),
    };
  };
}
