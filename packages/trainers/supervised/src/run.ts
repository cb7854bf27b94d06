import { createOptimizer, disposeAll, requireSplit, type ChainState, type Optimizer } from '@equipoise/kit';
import type { RunContext, Split, TrainingEvent, TrainingTask } from '@equipoise/spec';
import type { Variable } from '@tensorflow/tfjs-core';
import { checkEvaluation, checkTask } from './checks.js';
import { LossGuard } from './guard.js';
import type { SupervisedSettings } from './options.js';
import { trainingPlan, type TrainingPlan } from './plan.js';
import { freshProgress, type Progress } from './progress.js';
import { restoreState } from './state.js';
import { namedVariables, trainableVariables } from './weights.js';

/** Examples of a split by their indices. */
export interface Selection {
  /** The split. */
  readonly split: Split;
  /** Which of its examples. */
  readonly indices: Int32Array;
}

/** A warning to hand out. */
export type TrainingWarning = Extract<TrainingEvent, { type: 'warning' }>;

/** Everything that a run holds while it trains. */
export interface TrainingRun {
  readonly task: TrainingTask;
  readonly settings: SupervisedSettings;
  readonly context: RunContext;
  readonly plan: TrainingPlan;
  /** What is trained on. */
  readonly data: Selection;
  /** What is evaluated on. */
  readonly evaluationData: Selection | undefined;
  /** All variables by their names in checkpoints. */
  readonly variables: ReadonlyMap<string, Variable>;
  /** Those that are trained. */
  readonly trainable: readonly Variable[];
  readonly optimizer: Optimizer;
  readonly guard: LossGuard;
  readonly warnings: readonly TrainingWarning[];
  /** Number of steps done, which is the zero-based number of the next step. */
  step: number;
  /** What the optimizer remembers. */
  optimizerState: ChainState;
  progress: Progress;
  /** The order of the current epoch. */
  order: { readonly epoch: number; readonly indices: Int32Array } | undefined;
}

/** Checks the task, and makes or restores everything that a run holds. */
export async function openRun(
  task: TrainingTask,
  settings: SupervisedSettings,
  context: RunContext,
): Promise<TrainingRun> {
  const { model, dataset, loss } = task;
  requireSplit(dataset.info, 'train');
  const split = await dataset.split('train');
  checkTask(model, dataset, split, loss);
  const { data, evaluationData } = await selections(split, task, settings, context);
  const plan = trainingPlan(settings, data.indices.length);
  const variables = namedVariables(model, loss);
  const trainable = trainableVariables(variables);
  const optimizer = createOptimizer(settings.optimizer);
  const fresh = { step: 0, optimizerState: optimizer.init([...trainable]), progress: freshProgress(context.rng) };
  const start = task.resumeFrom ? restoreState(task.resumeFrom, variables, fresh) : fresh;
  return {
    ...{ task, settings, context, plan, data, evaluationData, variables, trainable, optimizer },
    guard: new LossGuard(variables.values(), start.step),
    warnings: [...sizeWarning(settings, data.indices.length), ...seedWarning(start.progress, fresh.progress)],
    ...start,
    order: undefined,
  };
}

/** Frees what a run holds; the model and the loss stay. */
export function closeRun(run: TrainingRun): void {
  run.guard.dispose();
  disposeAll(run.optimizerState);
}

async function selections(
  split: Split,
  { model, dataset }: TrainingTask,
  { evaluation }: SupervisedSettings,
  context: RunContext,
): Promise<Pick<TrainingRun, 'data' | 'evaluationData'>> {
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

function sizeWarning(settings: SupervisedSettings, size: number): TrainingWarning[] {
  if (settings.batchSize <= size) return [];
  return [
    {
      type: 'warning',
      code: 'EQUIPOISE_BATCH_LARGER_THAN_DATA',
      message: `batchSize is ${settings.batchSize}, but there are only ${size} examples; every step uses all of them.`,
      details: { batchSize: settings.batchSize, examples: size },
    },
  ];
}

function seedWarning(saved: Progress, fresh: Progress): TrainingWarning[] {
  if (saved.seedMark === fresh.seedMark) return [];
  return [
    {
      type: 'warning',
      code: 'EQUIPOISE_RESUMED_WITH_OTHER_SEED',
      message:
        'The run goes on from a checkpoint of another seed: order and noise differ from here on, and the result is ' +
        'that of neither seed.',
    },
  ];
}
