import { createRng } from '@equipoise/kit';
import * as tf from '@tensorflow/tfjs-core';

/** Inputs in [0, 1] from a seed. */
export function uniformInputs(shape: readonly number[], seed = 1): tf.Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(createRng(seed).uniforms(size), [...shape]);
}

/** Draws from N(0, 1) from a seed. */
export function normalInputs(shape: readonly number[], seed = 2): tf.Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(createRng(seed).normals(size), [...shape]);
}

/** Number of weights. */
export function weightCount(variables: ReadonlyMap<string, tf.Variable>): number {
  return [...variables.values()].reduce((sum, { size }) => sum + size, 0);
}

/** (f(x + h·v) − f(x − h·v)) / 2h. */
export function centralDifference(f: (x: tf.Tensor) => number, x: tf.Tensor, v: tf.Tensor, h: number): number {
  return tf.tidy(() => {
    const step = tf.mul(v, h);
    return (f(tf.add(x, step)) - f(tf.sub(x, step))) / (2 * h);
  });
}

/** Directional derivative v·∇f(x). */
export function directional(f: (x: tf.Tensor) => tf.Scalar, x: tf.Tensor, v: tf.Tensor): number {
  return tf.tidy(() => tf.sum(tf.mul(tf.grad(f)(x), v)).dataSync()[0] as number);
}

/** v·∇f(x) as a differentiable function of x. */
export function directionalOf(f: (x: tf.Tensor) => tf.Scalar, v: tf.Tensor): (x: tf.Tensor) => tf.Scalar {
  return (x) => tf.sum(tf.mul(tf.grad(f)(x), v)) as tf.Scalar;
}

/** A scalar's value; frees it. */
export function numberOf(scalar: tf.Tensor): number {
  const value = scalar.dataSync()[0] as number;
  scalar.dispose();
  return value;
}
