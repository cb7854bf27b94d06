import type { RunContext, TrainingEvent, TrainingTask } from '@equipoise/spec';
import { evaluateModel } from './evaluation.js';
import type { SupervisedSettings } from './options.js';
import { isDue } from './plan.js';
import { isPatienceOver, withEvaluation } from './progress.js';
import { closeRun, openRun, type TrainingRun } from './run.js';
import { epochOrder } from './sampling.js';
import { captureState, firstNonFinite } from './state.js';
import { trainStep } from './step.js';
import { chanceOf, isAtChance } from './stuck.js';

/** Trains, and tells about it: start, steps, evaluations, checkpoints, warnings, end. */
export async function* fit(
  task: TrainingTask,
  settings: SupervisedSettings,
  context: RunContext,
): AsyncGenerator<TrainingEvent> {
  const run = await openRun(task, settings, context);
  const { steps, stepsPerEpoch } = run.plan;
  try {
    yield* run.warnings;
    yield { type: 'start', step: run.step, steps, stepsPerEpoch };
    const reason = yield* trainToEnd(run);
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
    yield* stuckWarning(run);
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
  const state = await captureState(run, run.variables);
  const broken = firstNonFinite(state);
  if (broken !== undefined) run.guard.fail(run.step - 1, `Weights "${broken}" became NaN or infinite`);
  return { type: 'checkpoint', name, state };
}

async function* evaluation(run: TrainingRun): AsyncGenerator<TrainingEvent> {
  const { evaluation } = run.settings;
  if (!evaluation || !run.evaluationData || !isDue(run.step, evaluation, run.plan)) return;
  const { split, indices } = run.evaluationData;
  const metrics = await evaluateModel(run.task.model, split, indices, evaluation.batchSize);
  const { progress, isBest } = withEvaluation(run.progress, metrics, run.settings);
  run.progress = progress;
  const epoch = run.step / run.plan.stepsPerEpoch;
  yield { type: 'evaluation', step: run.step, epoch, metrics: { ...metrics } };
  if (isBest) yield await checkpoint(run, 'best');
}

/** From how many steps on it can be said that a run is stuck, and on how many examples that is looked at. */
const stuckAfterSteps = 20;
const stuckExamples = 512;

/** Half-way and at the end: a warning if the model still does no better than a constant prediction. */
async function* stuckWarning(run: TrainingRun): AsyncGenerator<TrainingEvent> {
  const { step, plan, settings, task } = run;
  const isTime = step === Math.ceil(plan.steps / 2) || step === plan.steps;
  if (!isTime || step < stuckAfterSteps || run.progress.warnedStuck || !task.model.supports.logits) return;
  const { split, indices: all } = run.data;
  const examples = { indices: all, labels: split.labels };
  const indices = epochOrder(examples, settings.sampling, run.context.rng.fork('stuck'), 0).subarray(0, stuckExamples);
  const chance = chanceOf(Array.from(indices, (index) => split.labels[index]!));
  const metrics = await evaluateModel(task.model, split, indices, plan.batchSize);
  if (!isAtChance(metrics, chance, indices.length)) return;
  run.progress = { ...run.progress, warnedStuck: true };
  yield {
    type: 'warning',
    code: 'EQUIPOISE_STUCK_AT_CHANCE',
    message:
      `After ${step} of ${plan.steps} steps the model does no better than a constant prediction: ` +
      `accuracy ${metrics.accuracy.toFixed(3)} (chance ${chance.accuracy.toFixed(3)}), cross-entropy ` +
      `${metrics.crossEntropy.toFixed(3)} (chance ${chance.crossEntropy.toFixed(3)}). Try another learning rate or initialisation.`,
    details: { step, ...metrics, chanceAccuracy: chance.accuracy, chanceCrossEntropy: chance.crossEntropy },
  };
}
