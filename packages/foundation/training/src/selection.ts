import { requireSplit } from '@equipoise/kit';
import type { RunContext, Split, TrainingEvent, TrainingTask } from '@equipoise/spec';
import { checkEvaluation } from './checks.js';
import type { EvaluationSettings } from './options.js';

/** Examples of a split by their indices. */
export interface Selection {
  /** The split. */
  readonly split: Split;
  /** Which of its examples. */
  readonly indices: Int32Array;
}

/** A warning to hand out. */
export type TrainingWarning = Extract<TrainingEvent, { type: 'warning' }>;

/** What is trained on, and what is evaluated on. */
export interface Selections {
  /** What is trained on. */
  readonly data: Selection;
  /** What is evaluated on. */
  readonly evaluationData: Selection | undefined;
}

/** Chooses the examples of a run. */
export async function selections(
  split: Split,
  { model, dataset }: TrainingTask,
  evaluation: EvaluationSettings | undefined,
  context: RunContext,
): Promise<Selections> {
  const all = Int32Array.from({ length: split.size }, (_, index) => index);
  if (evaluation === undefined) return { data: { split, indices: all }, evaluationData: undefined };
  if (evaluation.heldOutFraction !== undefined) {
    checkEvaluation(model, `split "train" of data set "${dataset.info.name}"`, split);
    const order = context.rng.fork('held-out').permutation(split.size);
    const count = Math.min(split.size - 1, Math.max(1, Math.round(evaluation.heldOutFraction * split.size)));
    const held = order.slice(0, count).sort().subarray(0, evaluation.size);
    return { data: { split, indices: order.slice(count).sort() }, evaluationData: { split, indices: held } };
  }
  requireSplit(dataset.info, evaluation.split);
  const other = await dataset.split(evaluation.split);
  checkEvaluation(model, `split "${evaluation.split}" of data set "${dataset.info.name}"`, other);
  const size = Math.min(other.size, evaluation.size ?? Infinity);
  const indices = Int32Array.from({ length: size }, (_, index) => index);
  return { data: { split, indices: all }, evaluationData: { split: other, indices } };
}
