import { disposeAll } from '@equipoise/kit';
import * as tf from '@tensorflow/tfjs-core';
import type { StatePart } from './state-parts.js';

/** The weights of the best evaluation. */
export interface BestWeights extends StatePart {
  /** Keeps the weights as they are now; no copy is made. */
  remember(): void;
  /** Gives the kept weights to the variables. */
  bringBack(): void;
}

/** Keeps weights; until the first evaluation those of the beginning. */
export function bestWeights(variables: ReadonlyMap<string, tf.Variable>): BestWeights {
  let kept = new Map([...variables].map(([name, variable]) => [name, tf.clone(variable) as tf.Tensor]));
  const replace = (next: typeof kept) => {
    disposeAll([...kept.values()]);
    kept = next;
  };
  return {
    remember: () => replace(new Map([...variables].map(([name, variable]) => [name, tf.clone(variable)]))),
    bringBack: () => kept.forEach((weights, name) => variables.get(name)!.assign(weights)),
    expects: Object.fromEntries([...variables].map(([name, { shape }]) => [name, shape])),
    capture: async () => {
      const arrays = [...kept].map(async ([name, weights]) => {
        const data = Float32Array.from(await weights.data());
        return [name, { shape: weights.shape, data }] as const;
      });
      return Object.fromEntries(await Promise.all(arrays));
    },
    restore: (arrays) => {
      const tensorOf = (name: string, { shape }: tf.Variable) => tf.tensor(arrays[name]!.data.slice(), shape);
      replace(new Map([...variables].map(([name, variable]) => [name, tensorOf(name, variable)])));
    },
    dispose: () => replace(new Map()),
  };
}
