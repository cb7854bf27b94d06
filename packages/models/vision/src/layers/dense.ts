import * as tf from '@tensorflow/tfjs-core';
import { biasVariable, kernelVariable, type Initializer } from '../initializers.js';
import type { LayerBuilder } from './layer.js';
import { requireFlat } from './require-rank.js';

/** Options of {@link dense}. */
export interface DenseOptions {
  /** Name of the layer. */
  readonly name: string;
  /** Number of outputs. */
  readonly units: number;
  /** Whether a bias is added; default true. */
  readonly bias?: boolean;
  /** How the weights are drawn; default `torch-uniform`. */
  readonly initializer?: Initializer;
}

/** A dense layer, y = x·kernel + bias, kernel `[features, units]`; weights `kernel`, `bias`. Takes flat inputs. */
export function dense({ name, units, bias = true, initializer = 'torch-uniform' }: DenseOptions): LayerBuilder {
  return (inputShape, rng) => {
    const features = requireFlat(name, inputShape);
    const stream = rng.fork(name);
    const fan = { in: features, out: units };
    const kernel = kernelVariable(initializer, stream.fork('kernel'), [features, units], fan);
    const offset = bias ? biasVariable(initializer, stream.fork('bias'), units, fan) : undefined;
    return {
      name,
      variables: new Map([['kernel', kernel], ...(offset ? [['bias', offset] as const] : [])]),
      outputShape: [units],
      apply: (x) => {
        const y = tf.matMul(x, kernel);
        return offset ? tf.add(y, offset) : y;
      },
    };
  };
}
