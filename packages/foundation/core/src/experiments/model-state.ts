import { type Model, type StateArray, StorageError, type TrainingState } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { sameShape } from '../run/check-data.js';

const prefix = 'model.';

/**
 * The weights of a model as a training state, with names `model.…`.
 *
 * @param model the model
 * @param step number of steps it was trained for
 */
export async function captureModel(model: Model, step: number): Promise<TrainingState> {
  const arrays: Record<string, StateArray> = {};
  for (const [name, variable] of model.variables) {
    const data = (await variable.data()) as Float32Array | Int32Array;
    arrays[`${prefix}${name}`] = { shape: [...variable.shape], data: data.slice() };
  }
  return { step, arrays, facts: {} };
}

/**
 * Puts the weights of a training state into a model; all of them or, if one does not fit, none.
 *
 * @param model a model of the architecture that the weights are of
 * @param state holds an array `model.<name>` for every variable
 * @param subject where the state comes from, for the message
 * @throws StorageError if an array is missing or has another shape
 */
export function restoreModel(model: Model, state: TrainingState, subject: string): void {
  for (const [name, variable] of model.variables) {
    const shape = state.arrays[`${prefix}${name}`]?.shape;
    if (shape !== undefined && sameShape(shape, variable.shape)) continue;
    const found = shape === undefined ? 'is missing' : `has shape [${shape.join(', ')}]`;
    throw new StorageError(
      `The weights of ${subject} do not fit the model: "${name}" ${found}; expected shape [${variable.shape.join(', ')}].`,
      { variable: name, expected: variable.shape, actual: shape ?? null },
    );
  }
  tf.tidy(() => {
    for (const [name, variable] of model.variables) {
      const { data, shape } = state.arrays[`${prefix}${name}`] as StateArray;
      variable.assign(tf.tensor(data, [...shape], variable.dtype));
    }
  });
}
