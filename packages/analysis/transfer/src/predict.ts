import { batchTensors, classify, disposeAll, scoring, requireSplit, runAttack, withTensors } from '@equipoise/kit';
import {
  type Attack,
  type AttackProblem,
  DataError,
  type Dataset,
  type Model,
  type Rng,
  type RunContext,
  type Split,
} from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import type { TransferMode } from './transfer-matrix.js';

/** Samples in batches. */
export interface Samples {
  /** Where they come from; sample i has index i there. */
  readonly split: Split;
  /** How many. */
  readonly count: number;
  /** How many at a time. */
  readonly batchSize: number;
}

/** Opens the first samples of a split. */
export async function openSamples(
  dataset: Dataset,
  name: string,
  samples: number,
  batchSize: number,
): Promise<Samples> {
  requireSplit(dataset.info, name);
  const split = await dataset.split(name);
  const count = Math.min(samples, split.size);
  if (count === 0) throw new DataError(`The split "${name}" is empty; there is nothing to attack.`);
  return { split, count, batchSize };
}

/** Calls back for each batch, with tensors that are freed afterwards. */
export async function eachBatch(
  { split, count, batchSize }: Samples,
  signal: AbortSignal | undefined,
  body: (batch: { x: tf.Tensor; labels: tf.Tensor1D; indices: readonly number[] }) => Promise<void>,
): Promise<void> {
  for (let begin = 0; begin < count; begin += batchSize) {
    signal?.throwIfAborted();
    const indices = Array.from({ length: Math.min(batchSize, count - begin) }, (_, index) => begin + index);
    const { x, labels } = batchTensors(await split.examples(indices));
    try {
      await body({ x, labels, indices });
    } finally {
      disposeAll([x, labels]);
    }
  }
}

/** The predictions of each model for clean samples: `[model][sample]`. */
export async function predictClean(
  models: readonly Model[],
  samples: Samples,
  signal: AbortSignal | undefined,
): Promise<Int32Array[]> {
  const predictions = models.map(() => new Int32Array(samples.count));
  await eachBatch(samples, signal, async ({ x, indices }) => {
    for (const [index, model] of models.entries()) {
      const { classes } = await classify(model, x, indices[0]);
      predictions[index]?.set(classes, indices[0]);
    }
  });
  return predictions;
}

/** What is attacked and who looks at the outcome. */
export interface Crossing {
  /** All models. */
  readonly models: readonly Model[];
  /** The attack. */
  readonly attack: Attack;
  /** The samples. */
  readonly samples: Samples;
  /** Classes that are aimed at; absent for untargeted attacks. */
  readonly targets: Int32Array | undefined;
  /** For each model, its predictions for the clean samples: those that are wrong are not attacked. */
  readonly clean: readonly Int32Array[];
}

/**
 * Attacks one model and asks all: `[target][sample]`. Where the source is wrong already the sample is left as it is.
 */
export async function crossPredictions(
  { models, attack, samples, targets, clean }: Crossing,
  source: number,
  context: RunContext,
): Promise<Int32Array[]> {
  const predictions = models.map((_, target) => Int32Array.from(clean[target] as Int32Array));
  const model = models[source] as Model;
  await eachBatch(samples, context.signal, async ({ x, labels, indices }) => {
    const right = indices.filter((index) => clean[source]?.[index] === samples.split.labels[index]);
    if (right.length === 0) return;
    await withTensors(async (own) => {
      const rows = own(
        tf.tensor1d(
          right.map((index) => index - (indices[0] as number)),
          'int32',
        ),
      );
      const problem: AttackProblem = {
        model,
        x: own(tf.gather(x, rows)),
        labels: own(tf.gather(labels, rows)),
        sampleIndices: right,
        ...(targets && {
          targets: own(
            tf.tensor1d(
              right.map((index) => targets[index] as number),
              'int32',
            ),
          ),
        }),
      };
      const { adversarial } = own(await runAttack(attack, problem, context));
      for (const [target, other] of models.entries()) {
        const { classes } = await classify(other, adversarial, indices[0]);
        classes.forEach((predicted, row) => ((predictions[target] as Int32Array)[right[row] as number] = predicted));
      }
      return [];
    });
  });
  return predictions;
}

/** The classes that targeted attacks aim at: never the true ones. */
export function chooseTargets(
  mode: TransferMode,
  how: 'next' | 'random',
  labels: Int32Array,
  classes: number,
  rng: Rng,
): Int32Array | undefined {
  if (mode === 'untargeted') return undefined;
  return labels.map((label, index) => {
    const shift =
      how === 'next'
        ? 1
        : 1 +
          rng
            .fork('target')
            .fork(index)
            .integer(classes - 1);
    return (label + shift) % classes;
  });
}

/** The share of samples of a data set that a model gets right. */
export async function accuraciesOn(
  models: readonly Model[],
  samples: Samples,
  signal: AbortSignal | undefined,
): Promise<number[]> {
  const predictions = await predictClean(models, samples, signal);
  return predictions.map((one) => accuracyOf(one, samples.split.labels));
}

/** The share of predictions that are right. */
export function accuracyOf(predictions: Int32Array, labels: Int32Array): number {
  return predictions.filter((predicted, index) => predicted === labels[index]).length / predictions.length;
}

/** The number of classes of a model, by its logits. */
export function classCount(model: Model): number {
  if (model.classes !== undefined) return model.classes;
  return tf.tidy(
    () => model.forward(tf.fill([1, ...model.inputShape], model.bounds[0]), scoring).logits?.shape[1] ?? 0,
  );
}
