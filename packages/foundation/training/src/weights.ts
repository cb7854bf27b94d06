import { UnsupportedError, type Loss, type Model } from '@equipoise/spec';
import type { Variable } from '@tensorflow/tfjs-core';

/** Every variable of a run by its name in checkpoints: `model.…` and `loss.…`. */
export function namedVariables(model: Model, loss: Loss): ReadonlyMap<string, Variable> {
  const named = new Map<string, Variable>();
  for (const [name, variable] of model.variables) named.set(`model.${name}`, variable);
  for (const [name, variable] of loss.variables) named.set(`loss.${name}`, variable);
  return named;
}

/**
 * Those that are trained, in order.
 * @throws UnsupportedError if there are none
 */
export function trainableVariables(named: ReadonlyMap<string, Variable>, trainer: string): Variable[] {
  const trainable = [...named.values()].filter((variable) => variable.trainable);
  if (trainable.length === 0) throw new UnsupportedError(`Trainer "${trainer}"`, 'trainable weights', 'the model');
  return trainable;
}
