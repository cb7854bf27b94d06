import type { TrainingSettings } from './options.js';

/** How the run is divided. */
export interface TrainingPlan {
  /** Examples a step; the last batch of an epoch may have fewer. */
  readonly batchSize: number;
  /** Updates on each batch. */
  readonly updatesPerBatch: number;
  /** Steps an epoch. */
  readonly stepsPerEpoch: number;
  /** Steps in all. */
  readonly steps: number;
}

/** Divides the run; a batch that is larger than the data shrinks to the whole of them. */
export function trainingPlan(settings: TrainingSettings, size: number, updatesPerBatch = 1): TrainingPlan {
  const batchSize = Math.min(settings.batchSize, size);
  const batches = settings.dropLast ? Math.floor(size / batchSize) : Math.ceil(size / batchSize);
  const stepsPerEpoch = batches * updatesPerBatch;
  const steps = settings.steps ?? Math.max(1, Math.round((settings.epochs ?? 1) * stepsPerEpoch));
  return { batchSize, updatesPerBatch, stepsPerEpoch, steps };
}

/** The epoch of a step, its batch in that epoch, and which update of that batch it is; all from 0 on. */
export function placeOf(step: number, { stepsPerEpoch, updatesPerBatch }: TrainingPlan) {
  const inEpoch = step % stepsPerEpoch;
  return {
    epoch: Math.floor(step / stepsPerEpoch),
    batch: Math.floor(inEpoch / updatesPerBatch),
    replay: inEpoch % updatesPerBatch,
  };
}

/** Whether something that happens every so many steps or epochs, and at the end, happens after this many steps. */
export function isDue(
  done: number,
  every: { readonly everySteps?: number | undefined; readonly everyEpochs?: number | undefined },
  plan: TrainingPlan,
): boolean {
  const interval = every.everySteps ?? Math.max(1, Math.round((every.everyEpochs ?? 1) * plan.stepsPerEpoch));
  return done % interval === 0 || done === plan.steps;
}
