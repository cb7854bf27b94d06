import { batchTensors, requireSplit, withTensors } from '@equipoise/kit';
import { DataError, type Subject } from '@equipoise/spec';
import type * as tf from '@tensorflow/tfjs-core';

/** Some images as tensors, which belong to whoever made them. */
export interface ImageBatch {
  readonly x: tf.Tensor;
  readonly labels: tf.Tensor1D;
  readonly sampleIndices: readonly number[];
}

/** Which images. */
export interface FirstImages {
  readonly split: string;
  /** At most this many, from the first on. */
  readonly images: number;
  readonly batchSize: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Visits the first images of a split, batch by batch, and gives what was found in each.
 * @throws DataError if the split is missing or empty
 */
export async function visitFirst<T>(
  { dataset }: Subject,
  { split: name, images, batchSize, signal }: FirstImages,
  visit: (batch: ImageBatch) => Promise<T>,
): Promise<T[]> {
  signal?.throwIfAborted();
  requireSplit(dataset.info, name);
  const split = await dataset.split(name);
  const count = Math.min(images, split.size);
  if (count === 0) throw new DataError(`The split "${name}" of data set "${dataset.info.name}" is empty.`);
  const found: T[] = [];
  for (let start = 0; start < count; start += batchSize) {
    signal?.throwIfAborted();
    const sampleIndices = Array.from({ length: Math.min(batchSize, count - start) }, (_, place) => start + place);
    const examples = await split.examples(sampleIndices);
    await withTensors(async (own) => {
      found.push(await visit({ ...own(batchTensors(examples)), sampleIndices }));
    });
  }
  return found;
}
