import { batchTensors, disposeAll, takeStep, training } from '@equipoise/kit';
import { EquipoiseError, type LossInput, type TrainingEvent } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { checkBatch } from './checks.js';
import type { LossGradients } from './gradients.js';
import { isDue, placeOf } from './plan.js';
import type { TrainingRun } from './run.js';
import { epochOrder } from './sampling.js';

type StepEvent = Extract<TrainingEvent, { type: 'step' }>;

/**
 * One update of the weights.
 *
 * Order, noise and layers draw from streams that are pure functions of the seed, the epoch or step, and the example, so
 * that a run that was interrupted goes on to the same bits.
 * @returns the step's event at every `logEvery`-th step and at the last one, when the loss is read from the device
 */
export async function trainStep(run: TrainingRun): Promise<StepEvent | undefined> {
  const { step } = run;
  const { steps } = run.plan;
  const isLogged = isDue(step + 1, { everySteps: run.settings.logEvery }, run.plan);
  if (isLogged) run.guard.remember(step);
  const learningRate = run.optimizer.schedule(step, steps);
  const { total, parts } = await update(run, learningRate, isLogged);
  run.step = step + 1;
  run.guard.watch(step, tf.clone(total));
  try {
    if (!isLogged) return undefined;
    await run.guard.check();
    const names = Object.keys(parts);
    const numbers = await readScalars([total, ...Object.values(parts)]);
    return {
      ...{ type: 'step', step, steps, learningRate, loss: numbers[0]! },
      parts: Object.fromEntries(names.map((name, index) => [name, numbers[index + 1]!])),
    };
  } finally {
    disposeAll([total, parts]);
  }
}

/** Computes loss and gradients and changes the weights; gives the loss and its parts. */
async function update(
  run: TrainingRun,
  learningRate: number,
  isLogged: boolean,
): Promise<Omit<LossGradients, 'gradients'>> {
  const input = await stepInput(run);
  try {
    const { replay } = placeOf(run.step, run.plan);
    const { gradients, ...value } = await run.at.gradients(input, { replay, isLogged });
    run.optimizerState = takeStep(run.optimizer, gradients, run.optimizerState, run.trainable, learningRate);
    disposeAll([...gradients]);
    return value;
  } catch (error) {
    if (EquipoiseError.isInstance(error, 'EQUIPOISE_NUMERICAL')) run.guard.fail(run.step, error.message);
    throw error;
  } finally {
    disposeAll([input.x, input.labels]);
  }
}

/** The batch of a step with its noise, as tensors, and the streams of the step. */
async function stepInput(run: TrainingRun): Promise<LossInput> {
  const { model } = run.task;
  const { step } = run;
  const sampleIndices = batchIndices(run);
  const rng = run.context.rng.fork('step').fork(step);
  const examples = await run.data.split.examples(sampleIndices);
  checkBatch(examples, model, sampleIndices);
  const x = run.method.inputs?.(examples, { model, rng, sampleIndices }) ?? examples.x;
  const mode = training(rng.fork('layers'));
  return { model, ...batchTensors({ ...examples, x }), mode, rng, sampleIndices, step, steps: run.plan.steps };
}

/** Which examples a step trains on. */
function batchIndices(run: TrainingRun): Int32Array {
  const { epoch, batch } = placeOf(run.step, run.plan);
  if (run.order?.epoch !== epoch) {
    const examples = { indices: run.data.indices, labels: run.data.split.labels };
    run.order = { epoch, indices: epochOrder(examples, run.settings.sampling, run.context.rng, epoch) };
  }
  const start = batch * run.plan.batchSize;
  return run.order.indices.subarray(start, start + run.plan.batchSize);
}

async function readScalars(scalars: readonly tf.Tensor[]): Promise<ArrayLike<number>> {
  const stacked = tf.stack([...scalars]);
  const numbers = await stacked.data();
  stacked.dispose();
  return numbers;
}
