import { disposeAll, fromStateArrays, stateArrays } from '@equipoise/kit';
import { EquipoiseError, type Model, StorageError, type TrainingState } from '@equipoise/spec';
import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * The weights of a model as a training state, with names `model.…`.
 *
 * @param model the model
 * @param step number of steps it was trained for
 */
export async function captureModel(model: Model, step: number): Promise<TrainingState> {
  return { step, arrays: await stateArrays(Object.fromEntries(model.variables), 'model'), facts: {} };
}

/**
 * Puts the weights of a training state into a model; all of them or, if one does not fit, none.
 *
 * @param model a model of the architecture that the weights are of
 * @param state holds an array `model.<name>` for every variable
 * @param subject where the state comes from, for the message
 * @throws StorageError if an array is missing, has another shape, or has no place in the model
 */
export function restoreModel(model: Model, state: TrainingState, subject: string): void {
  const weights = weightsOf(model, state, subject);
  for (const [name, variable] of model.variables) variable.assign(weights[name] as Tensor);
  disposeAll(weights);
}

function weightsOf(model: Model, state: TrainingState, subject: string): Readonly<Record<string, Tensor>> {
  const template: Readonly<Record<string, Tensor>> = Object.fromEntries(model.variables);
  try {
    return fromStateArrays(template, state.arrays, 'model');
  } catch (error) {
    if (!EquipoiseError.isInstance(error)) throw error;
    throw new StorageError(`The weights of ${subject} do not fit the model. ${error.message}`, error.details, error);
  }
}
