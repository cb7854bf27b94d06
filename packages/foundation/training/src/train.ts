import type { RunContext, TrainingEvent, TrainingTask } from '@equipoise/spec';
import { evaluateModel } from './evaluation.js';
import type { TrainingMethod } from './method.js';
import type { TrainingSettings } from './options.js';
import { isDue } from './plan.js';
import { isPatienceOver, withEvaluation } from './progress.js';
import { closeRun, openRun, type TrainingRun } from './run.js';
import { captureState, firstNonFinite } from './state.js';
import { trainStep } from './step.js';
import { stuckWarning } from './stuck-warning.js';

/**
 * Trains, and tells about it: start, steps, evaluations, checkpoints, warnings, end. The one loop over batches of the
 * project; what a trainer does differently is its method.
 *
 * Same backend, settings and seed give the same bits, also over an interruption: the order of examples is a pure function
 * of (seed, epoch), all noise of (seed, step, example), and a checkpoint holds the rest.
 *
 * @param task model, data set, loss, and where to go on from
 * @param settings what the schema of the trainer's options gives
 * @param context randomness, the wish to stop, and an ear
 * @param method how the gradients of a step are found, and what is evaluated
 * @throws ShapeError, DataError, UnsupportedError before the first step, if the parts do not fit together
 * @throws NumericalError when the loss or a weight is no longer finite; the model then has the last weights whose loss was
 */
export async function* train(
  task: TrainingTask,
  settings: TrainingSettings,
  context: RunContext,
  method: TrainingMethod,
): AsyncGenerator<TrainingEvent> {
  const run = await openRun(task, settings, context, method);
  const { steps, stepsPerEpoch } = run.plan;
  try {
    yield* run.warnings;
    yield { type: 'start', step: run.step, steps, stepsPerEpoch };
    const reason = yield* trainToEnd(run);
    if (reason !== 'aborted') run.at.end?.();
    yield { type: 'end', step: run.step, reason };
  } finally {
    closeRun(run);
  }
}

type EndReason = Extract<TrainingEvent, { type: 'end' }>['reason'];

async function* trainToEnd(run: TrainingRun): AsyncGenerator<TrainingEvent, EndReason> {
  let saved = -1;
  let reason: EndReason = 'finished';
  while (run.step < run.plan.steps) {
    reason = stopReason(run);
    if (reason !== 'finished') break;
    const event = await trainStep(run);
    if (event) yield event;
    const warning = await stuckWarning(run);
    if (warning) yield warning;
    yield* evaluation(run);
    if (isDue(run.step, run.settings.checkpoints, run.plan)) {
      yield await checkpoint(run, 'last');
      saved = run.step;
    }
  }
  if (saved !== run.step) yield await checkpoint(run, 'last');
  return reason;
}

/** Why no further step is made; `finished` if one is. */
function stopReason({ context, progress, settings }: TrainingRun): EndReason {
  if (context.signal?.aborted) return 'aborted';
  return isPatienceOver(progress, settings) ? 'early-stop' : 'finished';
}

/** The state of the run; never one with weights that are not finite. */
async function checkpoint(run: TrainingRun, name: 'last' | 'best'): Promise<TrainingEvent> {
  await run.guard.check();
  const state = await captureState(run, run.variables, run.at);
  const broken = firstNonFinite(state);
  if (broken !== undefined) run.guard.fail(run.step - 1, `Weights "${broken}" became NaN or infinite`);
  return { type: 'checkpoint', name, state };
}

async function* evaluation(run: TrainingRun): AsyncGenerator<TrainingEvent> {
  const { evaluation } = run.settings;
  if (!evaluation || !run.evaluationData || !isDue(run.step, evaluation, run.plan)) return;
  const { split, indices } = run.evaluationData;
  const { batchSize } = evaluation;
  const further = await run.at.evaluate?.({ split, indices, batchSize, step: run.step });
  const metrics = { ...(await evaluateModel(run.task.model, split, indices, batchSize)), ...further };
  const { progress, isBest } = withEvaluation(run.progress, metrics, run.settings);
  run.progress = progress;
  const epoch = run.step / run.plan.stepsPerEpoch;
  yield { type: 'evaluation', step: run.step, epoch, metrics };
  yield* (await run.at.evaluated?.(metrics, isBest)) ?? [];
  if (isBest) yield await checkpoint(run, 'best');
}
