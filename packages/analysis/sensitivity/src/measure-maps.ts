import { batchTensors } from '@equipoise/kit';
import type { Model, RunContext, Split } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { contextualSensitivity, type SensitivityForm } from './contextual-sensitivity.js';
import { contextualUtility } from './contextual-utility.js';
import type { ResolvedSensitivityOptions } from './options.js';

/** The maps of one image, row-major over its entries. */
export interface ImageMaps {
  readonly index: number;
  readonly label: number;
  readonly x: Float32Array;
  readonly utility: Float32Array;
  readonly sensitivity: Float32Array;
}

/** Computes the utility and sensitivity maps of the first `count` images of a split, batch by batch. */
export async function* measureMaps(
  model: Model,
  split: Split,
  count: number,
  options: ResolvedSensitivityOptions,
  context: RunContext,
): AsyncGenerator<ImageMaps> {
  const size = model.inputShape.reduce((product, length) => product * length, 1);
  for (let begin = 0; begin < count; begin += options.batchSize) {
    context.signal?.throwIfAborted();
    const indices = Array.from({ length: Math.min(options.batchSize, count - begin) }, (_, i) => begin + i);
    const examples = await split.examples(indices);
    const { x, labels } = batchTensors(examples);
    const utility = contextualUtility(model, x, labels, options.utility);
    const sensitivity = contextualSensitivity(model, x, formOf(options, context, indices));
    const maps = (await Promise.all([utility.data(), sensitivity.data()])) as [Float32Array, Float32Array];
    tf.dispose([x, labels, utility, sensitivity]);
    for (const [i, index] of indices.entries()) {
      const part = (values: Float32Array) => values.slice(i * size, (i + 1) * size);
      yield {
        index,
        label: examples.labels[i] as number,
        x: part(examples.x),
        utility: part(maps[0]),
        sensitivity: part(maps[1]),
      };
    }
  }
}

function formOf(
  { sensitivity }: ResolvedSensitivityOptions,
  context: RunContext,
  indices: readonly number[],
): SensitivityForm {
  if (sensitivity.method !== 'random') return sensitivity;
  return { ...sensitivity, rng: context.rng.fork('sensitivity'), sampleIndices: indices };
}
