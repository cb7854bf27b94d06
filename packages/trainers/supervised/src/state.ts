import { disposeAll } from '@equipoise/kit';
import { DataError, type StateArray, type TrainingState } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { arrayTensor, mapTree, readArray, requireArray, treeLeaves, type StateTree } from './arrays.js';
import { progressFrom, type Progress } from './progress.js';

/** What changes in a run beside the weights. */
export interface RunState {
  /** Zero-based number of the next step. */
  readonly step: number;
  readonly optimizerState: StateTree;
  readonly progress: Progress;
}

const optimizerPath = 'optimizer';

/** Reads all weights and the state of a run from the device, as a checkpoint holds them. */
export async function captureState(
  state: RunState,
  variables: ReadonlyMap<string, tf.Variable>,
): Promise<TrainingState> {
  const arrays: Record<string, StateArray> = {};
  const numbers: Record<string, number> = {};
  for (const [name, variable] of variables) arrays[name] = await readArray(variable);
  for (const [path, leaf] of treeLeaves(state.optimizerState, optimizerPath)) {
    if (typeof leaf === 'number') numbers[path] = leaf;
    else arrays[path] = await readArray(leaf);
  }
  return { step: state.step, arrays, facts: { ...state.progress, numbers } };
}

/** The first array of weights that holds a number that is not finite, or `undefined`. */
export function firstNonFinite(state: TrainingState): string | undefined {
  const weights = Object.entries(state.arrays).filter(([name]) => !name.startsWith(`${optimizerPath}.`));
  return weights.find(([, { data }]) => data.some((value) => !Number.isFinite(value)))?.[0];
}

/**
 * Puts a checkpoint's weights into the variables, and gives the state to go on from.
 * @param saved the checkpoint
 * @param variables the variables of the run by name
 * @param fresh the state of a run that begins; its optimizer state is freed
 * @throws DataError if the checkpoint is of another model, loss or optimizer; nothing was changed then
 */
export function restoreState(
  saved: TrainingState,
  variables: ReadonlyMap<string, tf.Variable>,
  fresh: RunState,
): RunState {
  try {
    for (const [name, variable] of variables) requireArray(saved.arrays, name, variable.shape);
    const optimizerState = mapTree(fresh.optimizerState, optimizerPath, (path, leaf) =>
      typeof leaf === 'number' ? requireNumber(saved, path) : arrayTensor(requireArray(saved.arrays, path, leaf.shape)),
    );
    for (const [name, variable] of variables) {
      tf.tidy(() => variable.assign(arrayTensor(requireArray(saved.arrays, name, variable.shape))));
    }
    return { step: saved.step, optimizerState, progress: progressFrom(saved.facts) };
  } finally {
    disposeAll(fresh.optimizerState);
  }
}

function requireNumber(saved: TrainingState, path: string): number {
  const numbers = saved.facts['numbers'] as Readonly<Record<string, unknown>> | undefined;
  const value = numbers?.[path];
  if (typeof value === 'number') return value;
  throw new DataError(`The training state has no number "${path}"; it was made by another optimizer.`, { path });
}
