import { UnsupportedError } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { stopGradient } from '../functions/stop-gradient.js';
import { hasKernel, optionalKernels, runKernel } from '../kernels.js';
import { gradientOf, zerosOf, type GradientDefinition } from './definition.js';
import { size } from './spacing.js';

/** Attributes of the pooling kernels. */
interface PoolAttributes {
  readonly filterSize: number | [number, number];
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

function poolInfo(shape: number[], { filterSize, strides, pad, dimRoundingMode }: PoolAttributes) {
  return tf.backend_util.computePool2DInfo(
    shape as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
}

type PoolInfo = ReturnType<typeof poolInfo>;

/** How many pixels of the image lie in each window along one axis. */
function pixelsInWindows(outputs: number, stride: number, before: number, filter: number, length: number): number[] {
  return Array.from({ length: outputs }, (_, index) => {
    const start = index * stride - before;
    return Math.min(start + filter, length) - Math.max(start, 0);
  });
}

/** How far the last window reaches beyond the image along one axis. */
function pixelsAfter(outputs: number, stride: number, before: number, filter: number, length: number): number {
  return Math.max(0, (outputs - 1) * stride - before + filter - length);
}

/** The window's area over the number of its pixels that lie in the image, `[1, height, width, 1]`. */
function areaOverCount({ padInfo, ...info }: PoolInfo): tf.Tensor {
  const rows = pixelsInWindows(info.outHeight, info.strideHeight, padInfo.top, info.filterHeight, info.inHeight);
  const columns = pixelsInWindows(info.outWidth, info.strideWidth, padInfo.left, info.filterWidth, info.inWidth);
  const area = info.filterHeight * info.filterWidth;
  return tf.tensor(
    rows.flatMap((row) => columns.map((column) => area / (row * column))),
    [1, rows.length, columns.length, 1],
  );
}

/**
 * The gradient of average pooling, which divides by the number of pixels in the image. At the border TensorFlow.js's
 * `AvgPoolGrad` divides by the whole window on some backends and not on others; so a padded pool is treated as an unpadded one of the padded
 * image, where all agree, with the gradient scaled by area / count beforehand.
 */
function avgPoolGradient(dy: tf.Tensor, x: tf.Tensor, attributes: PoolAttributes): tf.Tensor {
  const info = poolInfo(x.shape, attributes);
  const { top, left } = info.padInfo;
  const bottom = pixelsAfter(info.outHeight, info.strideHeight, top, info.filterHeight, info.inHeight);
  const right = pixelsAfter(info.outWidth, info.strideWidth, left, info.filterWidth, info.inWidth);
  const plain = {
    filterSize: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    pad: 'valid',
  };
  if (top + bottom + left + right === 0) return runKernel('AvgPoolGrad', { dy, input: stopGradient(x) }, plain);
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const padded = tf.fill([batch, height + top + bottom, width + left + right, channels], 0);
  const dx = runKernel('AvgPoolGrad', { dy: tf.mul(dy, areaOverCount(info)), input: padded }, plain);
  return tf.slice(dx, [0, top, left, 0], x.shape as [number, number, number, number]);
}

function maxPool(x: tf.Tensor, attributes: PoolAttributes): tf.Tensor {
  return runKernel('MaxPool', { x }, attributes);
}

/** Puts each entry of `dy` at the place of its window's maximum; linear in `dy`, and x is a constant. */
function scatterToMaxima(dy: tf.Tensor, x: tf.Tensor, attributes: PoolAttributes): tf.Tensor {
  const input = stopGradient(x);
  if (hasKernel(optionalKernels.maxPoolScatter))
    return runKernel(optionalKernels.maxPoolScatter, { x: input, dy }, attributes);
  return runKernel('MaxPoolGrad', { dy, input, output: maxPool(input, attributes) }, attributes);
}

/** Takes `u` at the place of each window's maximum of x: the adjoint of {@link scatterToMaxima}. */
function gatherFromMaxima(u: tf.Tensor, x: tf.Tensor, attributes: PoolAttributes): tf.Tensor {
  const input = stopGradient(x);
  if (hasKernel(optionalKernels.maxPoolGather))
    return runKernel(optionalKernels.maxPoolGather, { x: input, u }, attributes);
  const { filterSize, strides, pad } = attributes;
  const pooled = tf.maxPoolWithArgmax(input as tf.Tensor4D, filterSize, strides, pad as 'valid', true);
  const indexes = pooled['indexes'] as tf.Tensor;
  return tf.reshape(tf.gather(tf.reshape(u, [size(u.shape)]), tf.reshape(indexes, [-1])), indexes.shape);
}

/** Gradients of two-dimensional pools, to any order. */
export const poolingGradients: readonly GradientDefinition[] = [
  gradientOf<PoolAttributes>('AvgPool', ['x'], (dy, [x], attributes) => ({
    x: () => avgPoolGradient(dy, x as tf.Tensor, attributes),
  })),
  gradientOf<PoolAttributes>('AvgPoolGrad', ['input'], (ddx, [input], attributes) => ({
    dy: () => avgPoolAdjoint(ddx, attributes),
    input: () => zerosOf(input as tf.Tensor),
  })),
  gradientOf<PoolAttributes>('MaxPool', ['x'], (dy, [x], attributes) => ({
    x: () => scatterToMaxima(dy, x as tf.Tensor, attributes),
  })),
  gradientOf<PoolAttributes>('MaxPoolGrad', ['dy', 'input'], (ddx, [dy, input], attributes) => ({
    dy: () => gatherFromMaxima(ddx, input as tf.Tensor, attributes),
    input: () => zerosOf(input as tf.Tensor),
    output: () => zerosOf(dy as tf.Tensor),
  })),
  gradientOf<PoolAttributes>(optionalKernels.maxPoolScatter, ['x'], (ddx, [x], attributes) => ({
    dy: () => gatherFromMaxima(ddx, x as tf.Tensor, attributes),
    x: () => zerosOf(x as tf.Tensor),
  })),
  gradientOf<PoolAttributes>(optionalKernels.maxPoolGather, ['x'], (dg, [x], attributes) => ({
    x: () => zerosOf(x as tf.Tensor),
    u: () => scatterToMaxima(dg, x as tf.Tensor, attributes),
  })),
];

/** The adjoint of `AvgPoolGrad`; only the unpadded one is known to be the same on every backend. */
function avgPoolAdjoint(ddx: tf.Tensor, attributes: PoolAttributes): tf.Tensor {
  const { top, bottom, left, right } = poolInfo(ddx.shape, attributes).padInfo;
  if (top + bottom + left + right > 0) {
    throw new UnsupportedError('the derivative of kernel AvgPoolGrad', 'a pool without padding', 'this call');
  }
  return runKernel('AvgPool', { x: ddx }, attributes);
}
