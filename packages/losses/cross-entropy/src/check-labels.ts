import { DataError, type LossInput } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';

const hostBackends: readonly string[] = ['cpu', 'wasm', 'tensorflow'];

/**
 * Throws a `DataError` for the first label outside [0, classes).
 *
 * On backends whose tensors lie in the host's memory (cpu, wasm, node) every batch is looked at, which costs nothing. Elsewhere
 * reading the labels would make the processor wait for the accelerator at every step, so only the first step is looked at.
 */
export async function checkLabels({
  model,
  labels,
  step,
}: Pick<LossInput, 'model' | 'labels' | 'step'>): Promise<void> {
  const { classes } = model;
  if (classes === undefined || (step > 0 && !hostBackends.includes(tf.getBackend()))) return;
  const values = await labels.data();
  const position = values.findIndex((label) => !(label >= 0 && label < classes));
  if (position < 0) return;
  const label = values[position] as number;
  throw new DataError(
    `Label ${label} at position ${position} of the batch is not a class; the model has classes 0 to ${classes - 1}.`,
    {
      label,
      position,
      classes,
    },
  );
}
