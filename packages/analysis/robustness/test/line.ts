import type { Attack, AttackProblem, Dataset, Model, Subject } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';

/** One-pixel images x; the class is whether x > 0.5, and the distance to the other class is |x − 0.5| in every norm. */
export function line(x: readonly number[], labels = x.map((value) => Number(value > 0.5))): Dataset {
  const info = {
    name: 'line',
    inputShape: [1, 1, 1],
    bounds: [0, 1],
    classes: ['left', 'right'],
    splits: ['test'],
  } as const;
  const split = {
    size: x.length,
    labels: Int32Array.from(labels),
    examples: async (indices: ArrayLike<number>) => ({
      shape: [indices.length, 1, 1, 1],
      x: Float32Array.from(indices, (index) => x[index] as number),
      labels: Int32Array.from(indices, (index) => labels[index] as number),
    }),
  };
  return { info, split: async () => split };
}

/** logits = (0, slope·(x − 0.5)), or what `change` makes of that. */
export function ramp(change: (x: tf.Tensor2D) => tf.Tensor2D = (x) => tf.mul(x, 4) as tf.Tensor2D): Model {
  return {
    inputShape: [1, 1, 1],
    bounds: [0, 1],
    classes: 2,
    supports: { gradients: true, secondOrder: true, logits: true },
    variables: new Map(),
    forward: (x) => {
      const embedding = tf.reshape(x, [-1, 1]) as tf.Tensor2D;
      const right = change(tf.sub(embedding, 0.5) as tf.Tensor2D);
      return { embedding, logits: tf.concat([tf.zerosLike(right), right], 1), layers: {} };
    },
    dispose: () => undefined,
  };
}

/** Model and data. */
export const subjectOf = (x: readonly number[], model = ramp(), labels?: readonly number[]): Subject => ({
  model,
  dataset: line(x, labels === undefined ? undefined : [...labels]),
  name: 'ramp',
});

/** What an attack was asked to do. */
export interface Call {
  readonly eps: number | undefined;
  readonly samples: readonly number[];
}

/** Moves towards 0.5 and a little beyond, at most by eps; tells its calls. */
export function towards(
  eps: number | undefined,
  calls: Call[] = [],
  change: (x: tf.Tensor) => tf.Tensor = (x) => x,
): Attack {
  const norm = 'linf';
  return {
    supports: { norms: [norm], targeted: false, gradients: false, stochastic: false },
    threat: eps === undefined ? { norm } : { norm, eps },
    doPerturb: async (problem: AttackProblem) => {
      const radius = (problem.eps ?? eps) as number | undefined;
      calls.push({ eps: radius, samples: Array.from(problem.sampleIndices) });
      return tf.tidy(() => {
        const away = tf.sub(0.5, problem.x);
        const beyond = tf.add(away, tf.mul(tf.sign(away), 0.001));
        const adversarial = change(
          tf.add(problem.x, radius === undefined ? beyond : tf.clipByValue(beyond, -radius, radius)),
        );
        const { logits } = problem.model.forward(adversarial, { training: false });
        const success = tf.notEqual(tf.argMax(logits as tf.Tensor2D, 1), problem.labels) as tf.Tensor1D;
        return { adversarial, success };
      });
    },
  };
}
