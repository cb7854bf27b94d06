import * as tf from '@tensorflow/tfjs-core';
import { stopGradient } from '../functions/stop-gradient.js';
import { hasKernel, optionalKernels, runKernel } from '../kernels.js';
import { elementwise, gradientOf, sumTo, zerosOf, type GradientDefinition } from './definition.js';

const { reluGrad, clipGrad } = optionalKernels;
const seluScale = 1.0507009873554805;
const seluScaleAlpha = 1.7580993408473766;

/** `dy` where `x > 0`; by a kernel of its own where the backend has one. */
function gateByPositive(dy: tf.Tensor, x: tf.Tensor): tf.Tensor {
  const constant = stopGradient(x);
  return hasKernel(reluGrad) ? runKernel(reluGrad, { dy, x: constant }) : tf.mul(dy, tf.step(constant));
}

/** `dy` where `low <= x <= high`; by a kernel of its own, or by steps, which are faster on wasm than comparisons. */
function gateByRange(dy: tf.Tensor, x: tf.Tensor, low: number, high: number): tf.Tensor {
  const constant = stopGradient(x);
  if (hasKernel(clipGrad)) return runKernel(clipGrad, { dy, x: constant }, { low, high });
  const isOutside = tf.add(tf.step(tf.sub(low, constant)), tf.step(tf.sub(constant, high)));
  return tf.mul(dy, tf.sub(1, isOutside));
}

/** `dy` where `0 < x <= 6`. */
function gateBySix(dy: tf.Tensor, x: tf.Tensor): tf.Tensor {
  const constant = stopGradient(x);
  return tf.mul(dy, tf.sub(tf.step(constant), tf.step(tf.sub(constant, 6))));
}

/** 1 where x > 0, else `below`; x is held constant. */
function slope(x: tf.Tensor, below: number | tf.Tensor): tf.Tensor {
  return tf.add(below, tf.mul(tf.sub(1, below), tf.step(stopGradient(x))));
}

/** min(x, 0). */
const negativePart = (x: tf.Tensor) => tf.neg(tf.relu(tf.neg(x)));
/** eˣ with x clamped at 0 first, so that no branch overflows at any order. */
const expOfNegative = (x: tf.Tensor) => tf.exp(negativePart(x));

/** scale where x > 0, else scale · α · eˣ. */
function seluSlope(x: tf.Tensor): tf.Tensor {
  const isPositive = tf.step(stopGradient(x));
  const below = tf.mul(tf.mul(seluScaleAlpha, expOfNegative(x)), tf.sub(1, isPositive));
  return tf.add(tf.mul(seluScale, isPositive), below);
}

/** Gradients of activation functions with kinks. */
export const activationGradients: readonly GradientDefinition[] = [
  gradientOf('Relu', ['x'], (dy, [x]) => ({ x: () => gateByPositive(dy, x as tf.Tensor) })),
  gradientOf('Relu6', ['x'], (dy, [x]) => ({ x: () => gateBySix(dy, x as tf.Tensor) })),
  gradientOf<{ clipValueMin: number; clipValueMax: number }>('ClipByValue', ['x'], (dy, [x], attributes) => ({
    x: () => gateByRange(dy, x as tf.Tensor, attributes.clipValueMin, attributes.clipValueMax),
  })),
  elementwise<{ alpha: number }>('LeakyRelu', (x, { alpha }) => slope(x, alpha)),
  elementwise('Elu', (x) => expOfNegative(x)),
  elementwise('Selu', (x) => seluSlope(x)),
  gradientOf('Prelu', ['x', 'alpha'], (dy, [x, alpha]) => ({
    x: () => tf.mul(dy, slope(x as tf.Tensor, alpha as tf.Tensor)),
    alpha: () => sumTo(tf.mul(dy, negativePart(x as tf.Tensor)), (alpha as tf.Tensor).shape),
  })),
  gradientOf(reluGrad, ['x'], (ddx, [x]) => ({
    dy: () => gateByPositive(ddx, x as tf.Tensor),
    x: () => zerosOf(x as tf.Tensor),
  })),
  gradientOf<{ low: number; high: number }>(clipGrad, ['x'], (ddx, [x], { low, high }) => ({
    dy: () => gateByRange(ddx, x as tf.Tensor, low, high),
    x: () => zerosOf(x as tf.Tensor),
  })),
];
