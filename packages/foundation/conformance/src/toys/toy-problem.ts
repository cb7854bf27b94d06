import { batchTensors, createRng } from '@equipoise/kit';
import type { ForwardMode, LossInput, Model, Prepared } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { toyDataset } from './toy-dataset.js';

/** The batch that checks of losses and attacks use. */
export interface ToyBatch {
  readonly x: tf.Tensor;
  readonly labels: tf.Tensor1D;
  readonly sampleIndices: readonly number[];
}

/** The training examples of those indices, as tensors that the caller owns. */
export async function toyBatch(sampleIndices: readonly number[] = [0, 1, 2, 3, 4, 5]): Promise<ToyBatch> {
  const split = await toyDataset().split('train');
  return { ...batchTensors(await split.examples(sampleIndices)), sampleIndices };
}

const mode: ForwardMode = { training: true };

/** What a loss is computed from, halfway through a training, so that warm-ups are over. */
export function lossInput(model: Model, { x, labels, sampleIndices }: ToyBatch, views: number, seed = 1): LossInput {
  const rng = createRng(seed);
  const further = Array.from({ length: views }, () => x);
  return { model, x, labels, sampleIndices, mode, rng, step: 90, steps: 100, ...(views > 1 ? { views: further } : {}) };
}

/** Frees a batch, and whatever was prepared for it. */
export function freeBatch(batch: ToyBatch, prepared: Prepared = {}): void {
  tf.dispose([batch.x, batch.labels, ...Object.values(prepared)]);
}
