import { disposeAll, fromStateArrays, stateArrays, type ChainState, type StateTree } from '@equipoise/kit';
import type { StateArray, TrainingState } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import type { MethodRun } from './method.js';
import { progressFrom, type Progress } from './progress.js';

/** What changes in a run beside the weights. */
export interface RunState {
  /** Zero-based number of the next step. */
  readonly step: number;
  /** What the optimizer remembers. */
  readonly optimizerState: ChainState;
  /** What the run remembers. */
  readonly progress: Progress;
}

const optimizer = 'optimizer';
const ofMethod = 'method.';

/** Reads all weights and the state of a run from the device, as a checkpoint holds them. */
export async function captureState(
  { step, optimizerState, progress }: RunState,
  variables: ReadonlyMap<string, tf.Variable>,
  method: MethodRun,
): Promise<TrainingState> {
  const weights = await stateArrays(Object.fromEntries(variables));
  const own = Object.entries((await method.capture?.()) ?? {}).map(
    ([name, array]) => [ofMethod + name, array] as const,
  );
  const arrays = { ...weights, ...(await stateArrays(optimizerState, optimizer)), ...Object.fromEntries(own) };
  return { step, arrays, facts: { ...progress } };
}

/** The name of the first weights that hold a number that is not finite, or `undefined`. */
export function firstNonFinite({ arrays }: TrainingState): string | undefined {
  const isBroken = ([name, { data }]: [string, StateArray]) =>
    isOfWeights(name) && data.some((value) => !Number.isFinite(value));
  return Object.entries(arrays).find(isBroken)?.[0];
}

/**
 * Puts a checkpoint's weights into the variables, and gives the state to go on from.
 * @param saved the checkpoint
 * @param variables the variables of the run by name
 * @param fresh the state of a run that begins; its tensors are freed
 * @param method takes in what it gave to the checkpoint
 * @throws DataError if the checkpoint is of another model, loss or optimizer; nothing was changed then
 * @throws ShapeError if one of its arrays has another shape; nothing was changed then
 */
export function restoreState(
  saved: TrainingState,
  variables: ReadonlyMap<string, tf.Variable>,
  fresh: RunState,
  method: MethodRun,
): RunState {
  const arrays = Object.entries(saved.arrays);
  const weightArrays = Object.fromEntries(arrays.filter(([name]) => isOfWeights(name)));
  try {
    const weights = fromStateArrays<Record<string, StateTree>>(Object.fromEntries(variables), weightArrays);
    try {
      const optimizerState = fromStateArrays(fresh.optimizerState, saved.arrays, optimizer);
      restoreMethod(saved, method, optimizerState);
      for (const [name, variable] of variables) variable.assign(weights[name] as tf.Tensor);
      return { step: saved.step, optimizerState, progress: progressFrom(saved.facts, fresh.progress) };
    } finally {
      disposeAll(weights);
    }
  } finally {
    disposeAll(fresh.optimizerState);
  }
}

function restoreMethod({ arrays }: TrainingState, method: MethodRun, optimizerState: ChainState): void {
  const own = Object.entries(arrays).filter(([name]) => name.startsWith(ofMethod));
  try {
    const named = Object.fromEntries(own.map(([name, array]) => [name.slice(ofMethod.length), array]));
    if (method.restore) method.restore(named);
    else fromStateArrays({}, named);
  } catch (error) {
    disposeAll(optimizerState);
    throw error;
  }
}

function isOfWeights(name: string): boolean {
  return !name.startsWith(`${optimizer}.`) && !name.startsWith(ofMethod);
}
