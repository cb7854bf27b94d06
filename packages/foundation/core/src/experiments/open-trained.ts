import { createRng } from '@equipoise/kit';
import { type Dataset, InvalidOptionsError, type Model, type RunContext, StorageError } from '@equipoise/spec';
import type { AnyRegistry } from '../registry/types.js';
import { createJobParts } from './job-parts.js';
import { restoreModel } from './model-state.js';
import { planJobs, type RowJob } from './plan-jobs.js';
import type { RunStorage } from './storage.js';
import { withTrainedRows } from './trained-rows.js';
import type { Experiment } from './types.js';

/** Which of a run's trained models is meant. */
export interface TrainedModelOptions {
  /** Name of the row; default the first. */
  readonly row?: string | undefined;
  /** Seed of the training; default the first. */
  readonly seed?: number | undefined;
  /** Hears warnings of the data set. */
  readonly report?: RunContext['report'] | undefined;
}

/** A model of a run, as it was when its training ended. */
export interface TrainedModel {
  /** The model; the caller disposes it. */
  readonly model: Model;
  /** What it was trained on. */
  readonly dataset: Dataset;
  /** Row and seed, for tables. */
  readonly name: string;
}

/**
 * A model that a run has trained, with its data set.
 *
 * @param experiment the experiment of the run, resolved
 * @param registry makes the components
 * @param storage where the run is kept; nothing is written
 * @param options which row and seed
 * @throws InvalidOptionsError for a row or seed that the experiment has not
 * @throws StorageError if that training is not finished, or its weights do not fit the model
 */
export async function openTrained(
  experiment: Experiment,
  registry: AnyRegistry,
  storage: Pick<RunStorage, 'loadCheckpoint'>,
  options: TrainedModelOptions = {},
): Promise<TrainedModel> {
  const job = jobOf(experiment, options);
  const state = await storage.loadCheckpoint(job.id, 'final');
  if (!state)
    throw new StorageError(`The training of ${job.id} is not finished; finish the run first.`, { job: job.id });
  const root = createRng(job.seed);
  const report = options.report ?? (() => undefined);
  const contextOf = (label: string): RunContext => ({ rng: root.fork(label), report });
  const trained = withTrainedRows(registry, { experiment, storage, seed: job.seed });
  const { model, dataset, loss } = await createJobParts(
    job,
    { ...experiment, analyses: [] },
    trained.registry,
    contextOf,
  );
  loss.dispose?.();
  try {
    restoreModel(model, state, job.id);
  } catch (error) {
    model.dispose();
    throw error;
  }
  return { model, dataset, name: `${job.row}, seed ${job.seed}` };
}

function jobOf(experiment: Experiment, { row, seed }: TrainedModelOptions): RowJob {
  const jobs = planJobs(experiment).filter((job): job is RowJob => job.type === 'row');
  const found = jobs.find((job) => (row ?? job.row) === job.row && (seed ?? job.seed) === job.seed);
  if (found) return found;
  const known = { rows: [...new Set(jobs.map((job) => job.row))], seeds: [...new Set(jobs.map((job) => job.seed))] };
  const path = row !== undefined && !known.rows.includes(row) ? 'row' : 'seed';
  const available = path === 'row' ? known.rows : known.seeds;
  const message = `expected one of ${available.join(', ')}, got ${String(path === 'row' ? row : seed)}`;
  throw new InvalidOptionsError('the trained model', [{ path: [path], message }]);
}
