import type { Rng } from '@equipoise/spec';
import type { MaskSettings } from '../options.js';
import { highMask } from './high-mask.js';
import { lowMask } from './low-mask.js';

/** A batch, for its masks. */
export interface MaskedBatch {
  /** Utility maps of all samples, one after the other; absent for sources that need none. */
  readonly utility?: Float32Array;
  /** The labels. */
  readonly labels: ArrayLike<number>;
  /** Shape of one input. */
  readonly shape: readonly number[];
  /** Index of each sample in its split. */
  readonly sampleIndices: ArrayLike<number>;
  /** The stream of the step. */
  readonly rng: Rng;
}

/** H and L of a whole batch, one sample after the other. */
export interface BatchMasks {
  readonly high: Float32Array;
  readonly low: Float32Array;
}

/** The masks of a batch; those of a sample depend on its utility, label and index alone. */
export function batchMasks(batch: MaskedBatch, settings: MaskSettings): BatchMasks {
  const entries = batch.shape.reduce((size, length) => size * length, 1);
  const count = batch.labels.length;
  const high = new Float32Array(count * entries);
  const low = new Float32Array(count * entries);
  const stream = batch.rng.fork('masks');
  for (let index = 0; index < count; index++) {
    const rng = stream.fork(batch.sampleIndices[index]!);
    const from = index * entries;
    const utility = batch.utility?.subarray(from, from + entries);
    const subject = { label: batch.labels[index]!, shape: batch.shape, rng, ...(utility && { utility }) };
    const ranked = highMask(subject, settings);
    high.set(ranked.high, from);
    low.set(lowMask(ranked, settings, rng), from);
  }
  return { high, low };
}
