import type { Dataset, Model, Subject } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';

/** One-pixel images x; the class is whether x > 0.5. */
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

/** logits = (0, slope·(x − border)): says 1 right of its border, or left of it for a negative slope. */
export function threshold(border: number, slope = 4): Model {
  return {
    inputShape: [1, 1, 1],
    bounds: [0, 1],
    classes: 2,
    supports: { gradients: true, secondOrder: true, logits: true },
    variables: new Map(),
    forward: (x) => {
      const embedding = tf.reshape(x, [-1, 1]) as tf.Tensor2D;
      const right = tf.mul(tf.sub(embedding, border), slope);
      return { embedding, logits: tf.concat([tf.zerosLike(right), right], 1) as tf.Tensor2D, layers: {} };
    },
    dispose: () => undefined,
  };
}

export const points = [0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85];

/** A model whose border is at 0.5, and the points. */
export const subject: Subject = { model: threshold(0.5), dataset: line(points), name: 'middle' };
