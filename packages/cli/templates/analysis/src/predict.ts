import { softmax } from '@equipoise/autodiff';
import { batchTensors, disposeAll, inference } from '@equipoise/kit';
import { UnsupportedError, type Model, type Split } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import type { Prediction } from './bins.js';

/** What the model says about every example of a split, in order. */
export async function predict(
  model: Model,
  split: Split,
  batchSize: number,
  signal?: AbortSignal,
): Promise<Prediction[]> {
  const predictions: Prediction[] = [];
  for (let begin = 0; begin < split.size; begin += batchSize) {
    signal?.throwIfAborted();
    const indices = Array.from({ length: Math.min(batchSize, split.size - begin) }, (_, offset) => begin + offset);
    predictions.push(...(await predictBatch(model, split, indices)));
  }
  return predictions;
}

async function predictBatch(model: Model, split: Split, indices: readonly number[]): Promise<Prediction[]> {
  const examples = await split.examples(indices);
  const { x, labels } = batchTensors(examples);
  const [confidences, classes] = tf.tidy(() => {
    const { logits } = model.forward(x, inference);
    if (!logits) throw new UnsupportedError('analysis "my-analysis"', 'logits', 'the model');
    return [tf.max(softmax(logits), 1), tf.argMax(logits, 1)] as [tf.Tensor, tf.Tensor];
  });
  const [confidence, predicted] = await Promise.all([confidences.data(), classes.data()]);
  disposeAll([x, labels, confidences, classes]);
  return Array.from(examples.labels, (label, index) => ({
    confidence: confidence[index] as number,
    correct: predicted[index] === label,
  }));
}
