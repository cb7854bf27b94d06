import { valueAndGradients } from '@equipoise/autodiff';
import { batchTensors, disposeAll, training } from '@equipoise/kit';
import type { LossInput, Prepared, Rng, Split, TrainingTask } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';

/** What a step works on. */
export interface StepInput {
  readonly task: TrainingTask;
  readonly split: Split;
  readonly variables: ReadonlyMap<string, tf.Variable>;
  readonly rng: Rng;
  readonly step: number;
  readonly steps: number;
  readonly batchSize: number;
  readonly learningRate: number;
}

/** Loss and parts of a step, as numbers, measured before the weights moved. */
export interface StepResult {
  readonly loss: number;
  readonly parts: Readonly<Record<string, number>>;
}

/** Draws a batch and moves every trainable variable against its gradient. */
export async function trainStep(input: StepInput): Promise<StepResult> {
  const { task, variables, learningRate } = input;
  const lossInput = await batchOf(input);
  let prepared: Prepared = {};
  try {
    prepared = (await task.loss.doPrepare?.(lossInput)) ?? {};
    const trainable = [...variables.values()].filter(({ trainable }) => trainable);
    const { value, gradients } = valueAndGradients(() => task.loss.doCompute(lossInput, prepared), trainable);
    tf.tidy(() =>
      trainable.forEach((variable, index) => {
        variable.assign(tf.sub(variable, tf.mul(gradients[index] as tf.Tensor, learningRate)));
      }),
    );
    const numbers = await readScalars({ total: value.total, ...value.parts });
    disposeAll([gradients, value.total, value.parts]);
    const { total = NaN, ...parts } = numbers;
    return { loss: total, parts };
  } finally {
    disposeAll([lossInput.x, lossInput.labels, prepared]);
  }
}

/** The batch of a step: a pure function of the stream and the step. */
async function batchOf({ task, split, rng, step, steps, batchSize }: StepInput): Promise<LossInput> {
  const order = rng.fork('order').fork(step).permutation(split.size);
  const sampleIndices = order.subarray(0, batchSize);
  const stream = rng.fork('step').fork(step);
  const tensors = batchTensors(await split.examples(sampleIndices));
  const mode = training(stream.fork('layers'));
  return { ...tensors, model: task.model, mode, rng: stream, sampleIndices, step, steps };
}

async function readScalars(scalars: Readonly<Record<string, tf.Scalar>>): Promise<Record<string, number>> {
  const entries = Object.entries(scalars).map(async ([name, scalar]) => {
    const [number = NaN] = await scalar.data();
    return [name, number] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}
