import * as tf from '@tensorflow/tfjs-core';
import { stopGradient } from '../functions/stop-gradient.js';
import { elementwise, gradientOf, keepWhere, same, zerosOf, type GradientDefinition } from './definition.js';

/** 1 − x². */
const oneMinusSquare = (x: tf.Tensor) => tf.sub(1, tf.square(x));
/** 1 + x². */
const onePlusSquare = (x: tf.Tensor) => tf.add(1, tf.square(x));

/** The sign, by two steps, which are faster on wasm than its own kernel. */
const signOf = (x: tf.Tensor) => tf.sub(tf.step(x), tf.step(tf.neg(x)));

/**
 * dy / (2 √x), and 0 where x = 0, at every order: the Euclidean norm of a zero vector then has a zero gradient instead of NaN.
 */
function sqrtGradient(dy: tf.Tensor, x: tf.Tensor): tf.Tensor {
  const isZero = tf.equal(stopGradient(x), 0);
  const denominator = tf.mul(2, tf.sqrt(tf.where(isZero, tf.onesLike(x), x)));
  return tf.where(isZero, tf.zerosLike(dy), tf.div(dy, denominator));
}

/** Gradients of smooth functions of one number. */
export const elementwiseGradients: readonly GradientDefinition[] = [
  elementwise('Exp', (x) => tf.exp(x)),
  elementwise('Expm1', (x) => tf.exp(x)),
  gradientOf('Log', ['x'], (dy, [x]) => ({ x: () => tf.div(dy, x as tf.Tensor) })),
  gradientOf('Log1p', ['x'], (dy, [x]) => ({ x: () => tf.div(dy, tf.add(1, x as tf.Tensor)) })),
  gradientOf('Sqrt', ['x'], (dy, [x]) => ({ x: () => sqrtGradient(dy, x as tf.Tensor) })),
  elementwise('Rsqrt', (x) => tf.mul(-0.5, tf.div(tf.rsqrt(x), x))),
  elementwise('Square', (x) => tf.mul(2, x)),
  gradientOf('Reciprocal', ['x'], (dy, [x]) => ({ x: () => tf.neg(tf.div(dy, tf.square(x as tf.Tensor))) })),
  gradientOf('Neg', [], (dy) => ({ x: () => tf.neg(dy) })),
  elementwise('Abs', (x) => signOf(stopGradient(x))),
  elementwise('Sigmoid', (x) => tf.mul(tf.sigmoid(x), tf.sigmoid(tf.neg(x)))),
  elementwise('Tanh', (x) => oneMinusSquare(tf.tanh(x))),
  elementwise('Softplus', (x) => tf.sigmoid(x)),
  elementwise('Erf', (x) => tf.mul(2 / Math.sqrt(Math.PI), tf.exp(tf.neg(tf.square(x))))),
  elementwise('Sin', (x) => tf.cos(x)),
  elementwise('Cos', (x) => tf.neg(tf.sin(x))),
  elementwise('Tan', (x) => onePlusSquare(tf.tan(x))),
  elementwise('Sinh', (x) => tf.cosh(x)),
  elementwise('Cosh', (x) => tf.sinh(x)),
  elementwise('Asin', (x) => tf.rsqrt(oneMinusSquare(x))),
  elementwise('Acos', (x) => tf.neg(tf.rsqrt(oneMinusSquare(x)))),
  elementwise('Atan', (x) => tf.reciprocal(onePlusSquare(x))),
  elementwise('Asinh', (x) => tf.rsqrt(onePlusSquare(x))),
  elementwise('Acosh', (x) => tf.rsqrt(tf.sub(tf.square(x), 1))),
  elementwise('Atanh', (x) => tf.reciprocal(oneMinusSquare(x))),
  gradientOf<{ dtype: tf.DataType }>('Cast', ['x'], (dy, [x], { dtype }) => ({
    x: () => (dtype === 'float32' && x?.dtype === 'float32' ? same(dy) : zerosOf(dy)),
  })),
  gradientOf('Identity', [], (dy) => ({ x: () => same(dy) })),
  gradientOf('Select', ['condition'], (dy, [condition]) => ({
    condition: () => zerosOf(condition as tf.Tensor),
    t: () => keepWhere(condition as tf.Tensor, dy),
    e: () => keepWhere(tf.logicalNot(condition as tf.Tensor), dy),
  })),
];
