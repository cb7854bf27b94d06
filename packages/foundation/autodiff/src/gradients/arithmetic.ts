import * as tf from '@tensorflow/tfjs-core';
import { stopGradient } from '../functions/stop-gradient.js';
import { gradientOf, gradientOfList, keepWhere, same, sumTo, type GradientDefinition } from './definition.js';

/** The gradient of a kernel of two inputs that broadcast against each other; results are summed back to the inputs' shapes. */
function binary(
  kernelName: string,
  da: (dy: tf.Tensor, a: tf.Tensor, b: tf.Tensor) => tf.Tensor,
  db: (dy: tf.Tensor, a: tf.Tensor, b: tf.Tensor) => tf.Tensor,
): GradientDefinition {
  return gradientOf(kernelName, ['a', 'b'], (dy, saved) => {
    const [a, b] = saved as [tf.Tensor, tf.Tensor];
    return { a: () => sumTo(da(dy, a, b), a.shape), b: () => sumTo(db(dy, a, b), b.shape) };
  });
}

/** `dy` where a comparison of the two constants holds. */
const gate = (compare: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor) => (dy: tf.Tensor, a: tf.Tensor, b: tf.Tensor) =>
  tf.mul(dy, tf.cast(compare(stopGradient(a), stopGradient(b)), 'float32'));

/** b a^(b−1); the exponent is moved off where base and exponent are both zero, so that 0 · 0⁻¹ is 0. */
function powerDerivative(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const bothZero = tf.logicalAnd(tf.equal(stopGradient(a), 0), tf.equal(stopGradient(b), 0));
  const exponent = tf.where(bothZero, 1, tf.sub(b, 1));
  return tf.mul(b, tf.pow(a, exponent));
}

/** a^b log a, and 0 where a <= 0. */
function exponentDerivative(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const isPositive = tf.greater(stopGradient(a), 0);
  return keepWhere(isPositive, tf.mul(tf.pow(a, b), tf.log(tf.where(isPositive, a, 1))));
}

const squaredLength = (a: tf.Tensor, b: tf.Tensor) => tf.add(tf.square(a), tf.square(b));

/** Gradients of arithmetic on two tensors, with broadcasting. */
export const arithmeticGradients: readonly GradientDefinition[] = [
  binary(
    'Add',
    (dy) => dy,
    (dy) => dy,
  ),
  binary(
    'Sub',
    (dy) => dy,
    (dy) => tf.neg(dy),
  ),
  binary(
    'Multiply',
    (dy, _, b) => tf.mul(dy, tf.cast(b, 'float32')),
    (dy, a) => tf.mul(dy, tf.cast(a, 'float32')),
  ),
  binary(
    'RealDiv',
    (dy, _, b) => tf.div(dy, b),
    (dy, a, b) => tf.neg(tf.div(tf.mul(dy, a), tf.square(b))),
  ),
  binary('Maximum', gate(tf.greaterEqual), gate(tf.less)),
  binary('Minimum', gate(tf.lessEqual), gate(tf.greater)),
  binary(
    'SquaredDifference',
    (dy, a, b) => tf.mul(dy, tf.mul(2, tf.sub(a, b))),
    (dy, a, b) => tf.mul(dy, tf.mul(2, tf.sub(b, a))),
  ),
  binary(
    'Mod',
    (dy) => dy,
    (dy, a, b) => tf.neg(tf.mul(dy, tf.floor(tf.div(stopGradient(a), stopGradient(b))))),
  ),
  binary(
    'Pow',
    (dy, a, b) => tf.mul(dy, powerDerivative(a, b)),
    (dy, a, b) => tf.mul(dy, exponentDerivative(a, b)),
  ),
  binary(
    'Atan2',
    (dy, a, b) => tf.mul(dy, tf.div(b, squaredLength(a, b))),
    (dy, a, b) => tf.neg(tf.mul(dy, tf.div(a, squaredLength(a, b)))),
  ),
  gradientOfList('AddN', (dy, inputs) => Object.fromEntries(inputs.map((_, index) => [index, () => same(dy)]))),
];
