import * as tf from '@tensorflow/tfjs-core';
import { stopGradient } from '../functions/stop-gradient.js';
import { hasKernel, optionalKernels, runKernel } from '../kernels.js';
import { elementwise, gradientOf, sumTo, zerosOf, type GradientDefinition } from './definition.js';

const { reluGrad, clipGrad } = optionalKernels;
const seluScale = 1.0507009873554805;
const seluScaleAlpha = 1.7580993408473766;
/** The smallest positive float32, subnormals aside: x >= this means x > 0. */
const smallestPositive = 1.1754943508222875e-38;

/** `dy` where `x > 0`; by a kernel of its own where the backend has one. */
function gateByPositive(dy: tf.Tensor, x: tf.Tensor): tf.Tensor {
  const constant = stopGradient(x);
  return hasKernel(reluGrad) ? runKernel(reluGrad, { dy, x: constant }) : tf.mul(dy, tf.step(constant));
}

/** `dy` where `low <= x <= high`; by a kernel of its own where the backend has one. */
function gateByRange(dy: tf.Tensor, x: tf.Tensor, low: number, high: number): tf.Tensor {
  const constant = stopGradient(x);
  if (hasKernel(clipGrad)) return runKernel(clipGrad, { dy, x: constant }, { low, high });
  const inside = tf.logicalAnd(tf.greaterEqual(constant, low), tf.lessEqual(constant, high));
  return tf.mul(dy, tf.cast(inside, 'float32'));
}

/** Where x > 0, as a constant. */
const isPositive = (x: tf.Tensor) => tf.greater(stopGradient(x), 0);
/** eˣ with x clamped at 0 first, so that no branch overflows at any order. */
const expOfNegative = (x: tf.Tensor) => tf.exp(tf.minimum(x, 0));

/** Gradients of activation functions with kinks. */
export const activationGradients: readonly GradientDefinition[] = [
  gradientOf('Relu', ['x'], (dy, [x]) => ({ x: () => gateByPositive(dy, x as tf.Tensor) })),
  gradientOf('Relu6', ['x'], (dy, [x]) => ({ x: () => gateByRange(dy, x as tf.Tensor, smallestPositive, 6) })),
  gradientOf<{ clipValueMin: number; clipValueMax: number }>('ClipByValue', ['x'], (dy, [x], attributes) => ({
    x: () => gateByRange(dy, x as tf.Tensor, attributes.clipValueMin, attributes.clipValueMax),
  })),
  elementwise<{ alpha: number }>('LeakyRelu', (x, { alpha }) => tf.where(isPositive(x), 1, alpha)),
  elementwise('Elu', (x) => expOfNegative(x)),
  elementwise('Selu', (x) => tf.where(isPositive(x), seluScale, tf.mul(seluScaleAlpha, expOfNegative(x)))),
  gradientOf('Prelu', ['x', 'alpha'], (dy, [x, alpha]) => ({
    x: () => tf.mul(dy, tf.where(isPositive(x as tf.Tensor), 1, alpha as tf.Tensor)),
    alpha: () => sumTo(tf.mul(dy, tf.minimum(x as tf.Tensor, 0)), (alpha as tf.Tensor).shape),
  })),
  gradientOf(reluGrad, ['dy', 'x'], (ddx, [, x]) => ({
    dy: () => gateByPositive(ddx, x as tf.Tensor),
    x: () => zerosOf(x as tf.Tensor),
  })),
  gradientOf<{ low: number; high: number }>(clipGrad, ['x'], (ddx, [x], { low, high }) => ({
    dy: () => gateByRange(ddx, x as tf.Tensor, low, high),
    x: () => zerosOf(x as tf.Tensor),
  })),
];
