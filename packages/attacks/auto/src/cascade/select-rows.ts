import { mayShrink } from '@equipoise/ascent';
import type { AttackProblem } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';

/** Some rows of a problem, as a problem. */
export interface Selection {
  /** The smaller problem. */
  readonly problem: AttackProblem;
  /** The rows of the larger problem, in order. */
  readonly rows: readonly number[];
  /** Frees the tensors that were made for it. */
  dispose(): void;
}

/**
 * The problem of some rows; of all rows, where an objective or criterion can only be asked about the whole batch.
 *
 * @param problem the larger problem; it stays the caller's
 * @param rows which rows, in order
 */
export function selectRows(problem: AttackProblem, rows: readonly number[]): Selection {
  const batch = problem.x.shape[0] ?? 0;
  if (rows.length === batch || !mayShrink(problem)) {
    return { problem, rows: Array.from({ length: batch }, (_, row) => row), dispose: () => undefined };
  }
  const at = tf.tensor1d([...rows], 'int32');
  const { x, labels, targets, mask, start, eps, sampleIndices, objective, criterion } = problem;
  const pick = <T extends tf.Tensor>(tensor: T) => tf.gather(tensor, at) as T;
  const ofBatch = mask?.rank === x.rank ? pick(mask) : undefined;
  const picked = { x: pick(x), labels: pick(labels), ...mapOptional({ targets, start }, pick) };
  const tensors = [at, ...Object.values(picked), ...(ofBatch ? [ofBatch] : [])];
  const selected: AttackProblem = {
    ...problem,
    ...picked,
    ...(ofBatch ? { mask: ofBatch } : {}),
    ...(eps === undefined || typeof eps === 'number' ? {} : { eps: rows.map((row) => eps[row] as number) }),
    ...(objective ? { objective: (inputs, places) => objective(inputs, tf.gather(at, places)) } : {}),
    ...(criterion ? { criterion: (inputs, places) => criterion(inputs, tf.gather(at, places)) } : {}),
    sampleIndices: rows.map((row) => sampleIndices[row] as number),
  };
  return { problem: selected, rows, dispose: () => tf.dispose(tensors) };
}

function mapOptional<K extends string>(
  tensors: Readonly<Record<K, tf.Tensor | undefined>>,
  map: <T extends tf.Tensor>(tensor: T) => T,
): { [Name in K]?: tf.Tensor1D } {
  const present = Object.entries<tf.Tensor | undefined>(tensors).flatMap(([name, tensor]) =>
    tensor ? [[name, map(tensor)] as const] : [],
  );
  return Object.fromEntries(present) as { [Name in K]?: tf.Tensor1D };
}
