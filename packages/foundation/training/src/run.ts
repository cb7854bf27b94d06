import { createOptimizer, disposeAll, requireSplit, type ChainState, type Optimizer } from '@equipoise/kit';
import type { RunContext, TrainingTask } from '@equipoise/spec';
import type { Variable } from '@tensorflow/tfjs-core';
import { checkTask } from './checks.js';
import { lossGradients } from './gradients.js';
import { LossGuard } from './guard.js';
import type { MethodRun, TrainingMethod } from './method.js';
import type { TrainingSettings } from './options.js';
import { trainingPlan, type TrainingPlan } from './plan.js';
import { freshProgress, type Progress } from './progress.js';
import { selections, type Selections, type TrainingWarning } from './selection.js';
import { restoreState } from './state.js';
import { namedVariables, trainableVariables } from './weights.js';

/** Everything that a run holds while it trains. */
export interface TrainingRun extends Selections {
  readonly task: TrainingTask;
  readonly settings: TrainingSettings;
  readonly context: RunContext;
  readonly plan: TrainingPlan;
  readonly method: TrainingMethod;
  /** The method at work. */
  readonly at: MethodRun;
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
  settings: TrainingSettings,
  context: RunContext,
  method: TrainingMethod,
): Promise<TrainingRun> {
  const { model, dataset, loss } = task;
  requireSplit(dataset.info, 'train');
  const split = await dataset.split('train');
  checkTask(method.name, model, dataset, split, loss);
  const { data, evaluationData } = await selections(split, task, settings.evaluation, context);
  const plan = trainingPlan(settings, data.indices.length, method.updatesPerBatch);
  const variables = namedVariables(model, loss);
  const trainable = trainableVariables(variables, method.name);
  const optimizer = createOptimizer(settings.optimizer);
  const at = method.open?.({ task, context, plan, data, variables, trainable }) ?? plainRun(task, trainable);
  try {
    const fresh = { step: 0, optimizerState: optimizer.init([...trainable]), progress: freshProgress(context.rng) };
    const start = task.resumeFrom ? restoreState(task.resumeFrom, variables, fresh, at) : fresh;
    return {
      ...{ task, settings, context, plan, method, at, data, evaluationData, variables, trainable, optimizer },
      guard: new LossGuard(variables.values(), start.step),
      warnings: [...sizeWarning(settings, data.indices.length), ...seedWarning(start.progress, fresh.progress)],
      ...start,
      order: undefined,
    };
  } catch (error) {
    at.dispose?.();
    throw error;
  }
}

/** Frees what a run holds; the model and the loss stay. */
export function closeRun(run: TrainingRun): void {
  run.at.dispose?.();
  run.guard.dispose();
  disposeAll(run.optimizerState);
}

function plainRun({ loss }: TrainingTask, trainable: readonly Variable[]): MethodRun {
  return { gradients: (input) => lossGradients(loss, [{ input }], trainable) };
}

function sizeWarning(settings: TrainingSettings, size: number): TrainingWarning[] {
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
