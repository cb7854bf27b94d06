import { batchTensors, type Classified, classify, sameShape } from '@equipoise/kit';
import { DataError, type Model, ShapeError, type Split, UnsupportedError } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { createPause } from './pause.js';

/** How examples go through a model. */
export interface BatchOptions {
  /** Examples at a time; default 256. Changes speed and memory, not results beyond rounding. */
  readonly batchSize?: number;
}

/** What a model says about examples. */
export interface Predictions {
  /** The class with the largest logit, one an example. */
  readonly classes: Int32Array;
  /** The logits, row-major. */
  readonly logits: Float32Array;
  /** `[examples, classes]`. */
  readonly shape: readonly [examples: number, classes: number];
}

/**
 * Runs a model in inference mode over inputs.
 *
 * @param model a model with logits
 * @param inputs `[examples, ...inputShape]` within the model's bounds, or a split of a data set
 * @throws UnsupportedError if the model has no logits
 * @throws ShapeError if the inputs are not of the model's shape
 * @throws DataError if there are no examples
 * @throws NumericalError if a logit is NaN or infinite
 */
export async function predict(
  model: Model,
  inputs: tf.Tensor | Split,
  options: BatchOptions = {},
): Promise<Predictions> {
  const { batchSize = 256 } = options;
  if (!model.supports.logits) throw new UnsupportedError('predict', 'logits', 'the model');
  const size = inputs instanceof tf.Tensor ? checkedSize(model, inputs) : inputs.size;
  if (size === 0) throw new DataError('There are no examples to predict.');
  const parts: Classified[] = [];
  const pause = createPause();
  for (let start = 0; start < size; start += batchSize) {
    const count = Math.min(batchSize, size - start);
    parts.push(await classifyBatch(model, inputs, start, count));
    await pause();
  }
  return join(parts, size);
}

function checkedSize(model: Model, x: tf.Tensor): number {
  if (!sameShape(x.shape.slice(1), model.inputShape)) throw new ShapeError('x', [null, ...model.inputShape], x.shape);
  return x.shape[0] ?? 0;
}

async function classifyBatch(
  model: Model,
  inputs: tf.Tensor | Split,
  start: number,
  count: number,
): Promise<Classified> {
  const x =
    inputs instanceof tf.Tensor ? tf.slice(inputs, start, count) : await examplesFrom(model, inputs, start, count);
  try {
    return await classify(model, x, start);
  } finally {
    x.dispose();
  }
}

async function examplesFrom(model: Model, split: Split, start: number, count: number): Promise<tf.Tensor> {
  const examples = await split.examples(Int32Array.from({ length: count }, (_, index) => start + index));
  if (!sameShape(examples.shape.slice(1), model.inputShape)) {
    throw new ShapeError('The examples', [null, ...model.inputShape], examples.shape);
  }
  const { x, labels } = batchTensors(examples);
  labels.dispose();
  return x;
}

function join(parts: readonly Classified[], size: number): Predictions {
  const width = (parts[0] as Classified).logits.length / (parts[0] as Classified).classes.length;
  const [classes, logits] = [new Int32Array(size), new Float32Array(size * width)];
  let offset = 0;
  for (const part of parts) {
    classes.set(part.classes, offset);
    logits.set(part.logits, offset * width);
    offset += part.classes.length;
  }
  return { classes, logits, shape: [size, width] };
}
