import type { AttackProblem } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { mayShrink } from './evaluators/problem-evaluator.js';

/** Some rows of a problem, as a problem. */
export interface Selection {
  /** The smaller problem. */
  readonly problem: AttackProblem;
  /** The rows of the larger problem that it has, in order. */
  readonly rows: readonly number[];
  /** Frees the tensors that were made for it. */
  dispose(): void;
}

/**
 * The problem of some rows: inputs, labels, targets, starts, masks, radii and streams of those samples, with an objective and a criterion that ask the larger
 * problem's. It is the whole problem where an objective or criterion can only be asked about the whole batch.
 *
 * @param problem the larger problem; it stays the caller's
 * @param rows which rows, in order
 */
export function selectRows(problem: AttackProblem, rows: readonly number[]): Selection {
  const batch = problem.x.shape[0] ?? 0;
  if (rows.length === batch || !mayShrink(problem)) {
    return { problem, rows: Array.from({ length: batch }, (_, row) => row), dispose: () => undefined };
  }
  const { x, labels, targets, mask, start, eps, sampleIndices, objective, criterion } = problem;
  const at = tf.tensor1d([...rows], 'int32');
  const made: tf.Tensor[] = [at];
  const pick = <T extends tf.Tensor>(tensor: T): T => {
    made.push(tf.gather(tensor, at));
    return made.at(-1) as T;
  };
  const selected: AttackProblem = {
    ...problem,
    x: pick(x),
    labels: pick(labels),
    sampleIndices: rows.map((row) => sampleIndices[row] as number),
    ...(targets ? { targets: pick(targets) } : {}),
    ...(start ? { start: pick(start) } : {}),
    ...(mask?.rank === x.rank ? { mask: pick(mask) } : {}),
    ...(eps === undefined || typeof eps === 'number' ? {} : { eps: rows.map((row) => eps[row] as number) }),
    ...(objective ? { objective: (inputs, places) => objective(inputs, tf.gather(at, places)) } : {}),
    ...(criterion ? { criterion: (inputs, places) => criterion(inputs, tf.gather(at, places)) } : {}),
  };
  return { problem: selected, rows, dispose: () => tf.dispose(made) };
}
