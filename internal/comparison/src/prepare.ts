import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createContext, decodeSafetensors, encodeSafetensors, fit, restoreModel } from '@equipoise/core';
import { mnist } from '@equipoise/dataset-mnist';
import { crossEntropyLoss } from '@equipoise/loss-cross-entropy';
import { cnn } from '@equipoise/model-vision';
import type { Model } from '@equipoise/spec';
import { supervised } from '@equipoise/trainer-supervised';

/** Seed of the network's first weights and of its training. */
const SEED = 1;

/** The images on which attacks are compared. */
export interface Images {
  readonly x: Float32Array;
  readonly labels: Int32Array;
  readonly shape: readonly number[];
}

/** Trains the network that is attacked: a small CNN on MNIST. */
export async function trainModel(): Promise<Model> {
  const model = cnn({ preset: 'small', seed: SEED });
  const trainer = supervised({ steps: 600, batchSize: 128 });
  await fit({ trainer, model, dataset: mnist(), loss: crossEntropyLoss(), context: createContext({ seed: SEED }) });
  return model;
}

/** The network of an earlier call. */
export async function keptModel(folder: string): Promise<Model> {
  const model = cnn({ preset: 'small' });
  const { arrays } = decodeSafetensors(await readFile(join(folder, 'model.safetensors')));
  const named = Object.fromEntries(Object.entries(arrays).map(([name, array]) => [`model.${name}`, array]));
  restoreModel(model, { step: 0, arrays: named, facts: {} }, folder);
  return model;
}

/** The first images of the test set. */
export async function testImages(count: number): Promise<Images> {
  const split = await mnist().split('test');
  return split.examples(Array.from({ length: count }, (_, index) => index));
}

/** Writes weights and images for the libraries in Python. */
export async function writeForPeers(folder: string, model: Model, images: Images): Promise<void> {
  const weights: Record<string, { data: Float32Array; shape: number[] }> = {};
  for (const [name, variable] of model.variables) {
    weights[name] = { data: (await variable.data()) as Float32Array, shape: variable.shape };
  }
  const { x, labels, shape } = images;
  const arrays = { x: { data: x, shape }, labels: { data: labels, shape: [labels.length] } };
  await writeFile(join(folder, 'model.safetensors'), encodeSafetensors(weights));
  await writeFile(join(folder, 'images.safetensors'), encodeSafetensors(arrays));
}
