import { findNonFinite } from '@equipoise/kit';
import { NumericalError, type RunContext, type TrainingEvent, type TrainingState } from '@equipoise/spec';
import { checkTask, type FitTask } from './check-task.js';
import { createPause } from './pause.js';

/** What `fit` is asked to do. */
export interface FitOptions extends FitTask {
  /** Randomness, the wish to stop, and an ear, which hears every training event. */
  readonly context: RunContext;
  /** Where to go on from, if a run was interrupted. */
  readonly resumeFrom?: TrainingState | undefined;
  /** Called with every event; training waits for its promise, so that a checkpoint can be written. */
  readonly onEvent?: ((event: TrainingEvent) => void | Promise<void>) | undefined;
}

/** How a training went; the model holds what was learnt. */
export interface FitResult {
  /** Steps done in all, those before `resumeFrom` too. */
  readonly step: number;
  /** Why it ended. */
  readonly reason: 'finished' | 'early-stop' | 'aborted';
  /** The loss of the last step; absent if there was no step. */
  readonly loss?: number;
  /** What the last evaluation during training found. */
  readonly metrics: Readonly<Record<string, number>>;
}

/**
 * Trains a model in place.
 *
 * Before anything runs it checks that what the loss needs is supported by the trainer, the model and the backend, and
 * that the data fit the model. The caller keeps the model, the loss and the data set, and disposes them.
 *
 * @throws UnsupportedError, ShapeError, DataError before training, if the parts do not fit together
 * @throws NumericalError if the loss, or a weight of a checkpoint, is NaN or infinite; the event that has it is not
 *   passed on, so that whoever keeps checkpoints still has the last good one
 */
export async function fit(options: FitOptions): Promise<FitResult> {
  const { trainer, model, dataset, loss, context, resumeFrom, onEvent } = options;
  await checkTask(options, context);
  const task = { model, dataset, loss };
  const events = trainer.doFit(resumeFrom === undefined ? task : { ...task, resumeFrom }, context);
  let result: FitResult = { step: resumeFrom?.step ?? 0, reason: 'finished', metrics: {} };
  const pause = createPause();
  for await (const event of events) {
    checkFinite(event);
    result = follow(result, event);
    context.report({ type: 'training', event });
    await onEvent?.(event);
    await pause();
  }
  return result;
}

function follow(result: FitResult, event: TrainingEvent): FitResult {
  if (event.type === 'step') return { ...result, step: event.step + 1, loss: event.loss };
  if (event.type === 'evaluation') return { ...result, metrics: event.metrics };
  if (event.type === 'end') return { ...result, step: event.step, reason: event.reason };
  return result;
}

function checkFinite(event: TrainingEvent): void {
  if (event.type === 'step' && !Number.isFinite(event.loss)) {
    throw new NumericalError(
      `The loss is ${event.loss} at step ${event.step} (parts: ${JSON.stringify(printable(event.parts))}). ` +
        'The usual causes are a learning rate that is too large and NaN in the data.',
      { step: event.step, loss: String(event.loss), parts: printable(event.parts) },
    );
  }
  if (event.type !== 'checkpoint') return;
  for (const [name, array] of Object.entries(event.state.arrays)) {
    const index = findNonFinite(array.data);
    if (index < 0) continue;
    throw new NumericalError(
      `"${name}" holds ${array.data[index]} at step ${event.state.step}; the checkpoint "${event.name}" was not kept.`,
      { step: event.state.step, array: name, index },
    );
  }
}

function printable(parts: Readonly<Record<string, number>>): Record<string, number | string> {
  return Object.fromEntries(
    Object.entries(parts).map(([name, value]) => [name, Number.isFinite(value) ? value : String(value)]),
  );
}
