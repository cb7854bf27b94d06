import { crossEntropy } from '@equipoise/autodiff';
import { batchTensors, scoring } from '@equipoise/kit';
import type { Model, Split } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { checkBatch } from './checks.js';

/** How well a model does, in scoring mode. */
export interface Metrics {
  /** Fraction of the examples whose highest logit is that of the label. */
  readonly accuracy: number;
  /** Mean cross-entropy, in nats. */
  readonly crossEntropy: number;
}

/**
 * Accuracy and mean cross-entropy of a model on some examples of a split.
 * @param model the model; it must give logits
 * @param split the split
 * @param indices which examples; at least one
 * @param batchSize how many at a time; changes nothing but memory and time
 */
export async function evaluateModel(
  model: Model,
  split: Split,
  indices: Int32Array,
  batchSize: number,
): Promise<Metrics> {
  let right = 0;
  let loss = 0;
  for (let start = 0; start < indices.length; start += batchSize) {
    const part = indices.subarray(start, start + batchSize);
    const examples = await split.examples(part);
    checkBatch(examples, model, part);
    const sums = tf.tidy(() => {
      const { x, labels } = batchTensors(examples);
      const logits = model.forward(x, scoring).logits!;
      const hits = tf.equal(tf.cast(tf.argMax(logits, 1), 'int32'), labels);
      return tf.stack([tf.sum(tf.cast(hits, 'float32')), tf.sum(crossEntropy(logits, labels))]);
    });
    const [hits, sum] = await sums.data();
    sums.dispose();
    right += hits!;
    loss += sum!;
  }
  return { accuracy: right / indices.length, crossEntropy: loss / indices.length };
}
