import type { SupervisedSettings } from './options.js';

/** How the run is divided. */
export interface TrainingPlan {
  /** Examples a step; the last step of an epoch may have fewer. */
  readonly batchSize: number;
  /** Steps an epoch. */
  readonly stepsPerEpoch: number;
  /** Steps in all. */
  readonly steps: number;
}

/** Divides the run; a batch that is larger than the data shrinks to the whole of them. */
export function trainingPlan(settings: SupervisedSettings, size: number): TrainingPlan {
  const batchSize = Math.min(settings.batchSize, size);
  const stepsPerEpoch = settings.dropLast ? Math.floor(size / batchSize) : Math.ceil(size / batchSize);
  const steps = settings.steps ?? Math.max(1, Math.round((settings.epochs ?? 1) * stepsPerEpoch));
  return { batchSize, stepsPerEpoch, steps };
}

/** Whether something that happens every so many steps or epochs happens after this many steps. */
export function isDue(
  done: number,
  every: { readonly everySteps?: number | undefined; readonly everyEpochs?: number | undefined },
  plan: TrainingPlan,
): boolean {
  const interval = every.everySteps ?? Math.max(1, Math.round((every.everyEpochs ?? 1) * plan.stepsPerEpoch));
  return done % interval === 0 || done === plan.steps;
}
