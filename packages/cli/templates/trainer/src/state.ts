import { disposeAll, fromStateArrays } from '@equipoise/kit';
import type { TrainingState, TrainingTask } from '@equipoise/spec';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';

/** Every variable by its name in checkpoints, `model.…` or `loss.…`, those that are not trained too. */
export function namedVariables({ model, loss }: TrainingTask): ReadonlyMap<string, Variable> {
  const prefixed = (prefix: string, variables: ReadonlyMap<string, Variable>) =>
    [...variables].map(([name, variable]) => [`${prefix}.${name}`, variable] as const);
  return new Map([...prefixed('model', model.variables), ...prefixed('loss', loss.variables)]);
}

/** Puts the arrays of a checkpoint into the variables; throws a `DataError` or `ShapeError` if they are of something else. */
export function restore(variables: ReadonlyMap<string, Variable>, state: TrainingState): void {
  const values = fromStateArrays<Record<string, Tensor>>(Object.fromEntries(variables), state.arrays);
  for (const [name, variable] of variables) variable.assign(values[name] as Tensor);
  disposeAll(values);
}
