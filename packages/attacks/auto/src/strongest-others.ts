import { scoring, oneHotLabels, tidied } from '@equipoise/kit';
import { type AttackProblem, UnsupportedError } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';

/**
 * The class of a rank among those that are not the label: rank 0 is the strongest other class.
 *
 * @param logits `[batch, classes]`
 * @param labels `[batch]`, int32
 * @param rank at least 0, less than the number of classes minus one
 * @returns `[batch]`, int32
 */
export function otherOfRank(logits: tf.Tensor2D, labels: tf.Tensor1D, rank: number): tf.Tensor1D {
  return tf.tidy(() => {
    const isLabel = tf.cast(oneHotLabels(labels, logits.shape[1]), 'bool');
    const without = tf.where(isLabel, tf.fill(logits.shape, -Infinity), logits);
    const { indices } = tf.topk(without, rank + 1);
    return tf.squeeze(tf.slice(indices, [0, rank], [-1, 1]), [1]) as tf.Tensor1D;
  });
}

/**
 * The number of classes of a problem's model: what it says, else the length of its logits.
 * @throws UnsupportedError if the model has no logits
 */
export function classesOf({ model, x }: AttackProblem): number {
  if (model.classes !== undefined) return model.classes;
  return tidied(() => {
    const one = tf.slice(x, 0, 1);
    const { logits } = model.forward(one, scoring);
    if (!logits) throw new UnsupportedError('An attack that aims at classes', 'logits', 'the model');
    return logits.shape[1];
  });
}

/** Runs something with the class of a rank of each sample, as the model sees the unchanged inputs. */
export async function withAims<T>(
  { model, x, labels }: AttackProblem,
  rank: number,
  body: (aims: tf.Tensor1D) => Promise<T>,
): Promise<T> {
  const aims = tf.tidy(() => otherOfRank(model.forward(x, scoring).logits as tf.Tensor2D, labels, rank));
  try {
    return await body(aims);
  } finally {
    aims.dispose();
  }
}
