import { batchTensors, findNonFinite, inference, sameShape } from '@equipoise/kit';
import { DataError, type Model, NumericalError, ShapeError, type Split, UnsupportedError } from '@equipoise/spec';
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
  const parts: Float32Array[] = [];
  const pause = createPause();
  for (let start = 0; start < size; start += batchSize) {
    const count = Math.min(batchSize, size - start);
    parts.push(await batchLogits(model, inputs, start, count));
    await pause();
  }
  return join(parts, size);
}

function checkedSize(model: Model, x: tf.Tensor): number {
  if (!sameShape(x.shape.slice(1), model.inputShape)) throw new ShapeError('x', [null, ...model.inputShape], x.shape);
  return x.shape[0] ?? 0;
}

async function batchLogits(
  model: Model,
  inputs: tf.Tensor | Split,
  start: number,
  count: number,
): Promise<Float32Array> {
  const x =
    inputs instanceof tf.Tensor ? tf.slice(inputs, start, count) : await examplesFrom(model, inputs, start, count);
  const logits = tf.tidy(() => model.forward(x, inference).logits);
  x.dispose();
  if (logits === undefined) throw new UnsupportedError('predict', 'logits', 'the model');
  const values = (await logits.data()) as Float32Array;
  logits.dispose();
  const wrong = findNonFinite(values);
  if (wrong >= 0) {
    const example = start + Math.floor((wrong * count) / values.length);
    throw new NumericalError(
      `The model gives the logit ${values[wrong]} for example ${example}; look for NaN in its weights and in the data.`,
      { example },
    );
  }
  return values;
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

function join(parts: readonly Float32Array[], size: number): Predictions {
  const logits = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    logits.set(part, offset);
    offset += part.length;
  }
  const width = logits.length / size;
  const classes = Int32Array.from({ length: size }, (_, row) =>
    largest(logits.subarray(row * width, (row + 1) * width)),
  );
  return { classes, logits, shape: [size, width] };
}

function largest(row: Float32Array): number {
  let best = 0;
  for (let index = 1; index < row.length; index++) if ((row[index] as number) > (row[best] as number)) best = index;
  return best;
}
