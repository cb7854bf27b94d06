import type { Rng } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';

/** The names of the initialisers; see {@link Initializer}. */
export const initializers = [
  'torch-uniform',
  'he-normal',
  'he-uniform',
  'glorot-normal',
  'glorot-uniform',
  'lecun-normal',
  'lecun-uniform',
] as const;

/**
 * How a kernel is drawn; `in` and `out` are the connections into and out of one unit.
 *
 * - `torch-uniform` (default): U(±1/√in) for kernel **and** bias, what PyTorch's `nn.Linear` and `nn.Conv2d` do by default
 *   (`kaiming_uniform_` with a = √5). Default, because the published and the prototyped numbers that this project
 *   compares itself with were trained from it.
 * - `he-…`: variance 2/in (He et al., 2015, equation 10), for deep stacks of ReLU without normalisation.
 * - `glorot-…`: variance 2/(in + out) (Glorot and Bengio, 2010, equation 16), for tanh and linear layers.
 * - `lecun-…`: variance 1/in (LeCun et al., 1998, section 4.6), for SELU.
 *
 * Normal ones are not truncated (as in PyTorch, other than Keras). Biases are zero except with `torch-uniform`.
 */
export type Initializer = (typeof initializers)[number];

/** Connections into and out of one unit. */
export interface Fan {
  readonly in: number;
  readonly out: number;
}

/** A trainable kernel, drawn from the stream. */
export function kernelVariable(initializer: Initializer, rng: Rng, shape: readonly number[], fan: Fan): tf.Variable {
  const count = shape.reduce((product, length) => product * length, 1);
  const deviation = Math.sqrt(variance(initializer, fan));
  if (!initializer.endsWith('-normal')) {
    const limit = Math.sqrt(3) * deviation;
    return variable(rng.uniforms(count, -limit, limit), shape);
  }
  const values = rng.normals(count);
  for (let index = 0; index < count; index++) values[index] = (values[index] as number) * deviation;
  return variable(values, shape);
}

/** A trainable bias: U(±1/√in) with `torch-uniform`, else zero. */
export function biasVariable(initializer: Initializer, rng: Rng, size: number, fan: Fan): tf.Variable {
  if (initializer !== 'torch-uniform') return variable(new Float32Array(size), [size]);
  const limit = 1 / Math.sqrt(fan.in);
  return variable(rng.uniforms(size, -limit, limit), [size]);
}

/** A variable of one value throughout. */
export function constantVariable(value: number, size: number, trainable = true): tf.Variable {
  return variable(new Float32Array(size).fill(value), [size], trainable);
}

function variable(values: Float32Array, shape: readonly number[], trainable = true): tf.Variable {
  return tf.tidy(() => tf.variable(tf.tensor(values, [...shape]), trainable));
}

function variance(initializer: Initializer, fan: Fan): number {
  if (initializer.startsWith('he-')) return 2 / fan.in;
  if (initializer.startsWith('glorot-')) return 2 / (fan.in + fan.out);
  if (initializer.startsWith('lecun-')) return 1 / fan.in;
  return 1 / (3 * fan.in);
}
