import { checkLabels } from '@equipoise/kit';
import type { Model, Split } from '@equipoise/spec';
import { type BatchOptions, predict, type Predictions } from './predict.js';

/** How well a model does. */
export interface Evaluation {
  /** Share of examples whose largest logit is that of their class, from 0 to 1. */
  readonly accuracy: number;
  /** Mean cross-entropy in nats. */
  readonly loss: number;
  /** Number of examples. */
  readonly count: number;
}

/**
 * Accuracy and mean cross-entropy of a model over a split, in inference mode.
 *
 * Cross-entropy is log Σ_k exp z_k − z_y, summed in float64 from float32 logits.
 *
 * @throws UnsupportedError, ShapeError, NumericalError as `predict` does
 * @throws DataError if there are no examples or a label is not one of the model's classes
 */
export async function evaluate(model: Model, split: Split, options: BatchOptions = {}): Promise<Evaluation> {
  const predictions = await predict(model, split, options);
  const [count, classes] = predictions.shape;
  checkLabels(split.labels, classes, 'The split');
  let right = 0;
  let loss = 0;
  for (let index = 0; index < count; index++) {
    const label = split.labels[index] as number;
    if (predictions.classes[index] === label) right++;
    loss += crossEntropy(predictions, index, label);
  }
  return { accuracy: right / count, loss: loss / count, count };
}

function crossEntropy({ logits, shape, classes }: Predictions, index: number, label: number): number {
  const row = logits.subarray(index * shape[1], (index + 1) * shape[1]);
  const maximum = row[classes[index] as number] as number;
  let sum = 0;
  for (const logit of row) sum += Math.exp(logit - maximum);
  return maximum + Math.log(sum) - (row[label] as number);
}
