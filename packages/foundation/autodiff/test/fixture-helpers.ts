import { valueAndGradients } from '@equipoise/autodiff';
import type { FixtureCase } from '@equipoise/internal-testing';
import * as tf from '@tensorflow/tfjs-core';

type Tensors = Record<string, tf.Tensor>;

/** The gradients of a scalar function of named tensors, by name. */
export function backwardOf(f: (values: Tensors) => tf.Tensor, names: readonly string[], values: Tensors): Tensors {
  const inputs = names.map((name) => values[name] as tf.Tensor);
  const { gradients } = valueAndGradients(() => ({ total: f(values) as tf.Scalar }), inputs);
  return Object.fromEntries(names.map((name, index) => [name, gradients[index] as tf.Tensor]));
}

/** The names of a network's weights: those inputs that have a direction. */
export function weightNames(inputs: FixtureCase['inputs']): string[] {
  return Object.keys(inputs).flatMap((name) => (name.startsWith('v.') ? [name.slice(2)] : []));
}
