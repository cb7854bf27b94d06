import { createRng } from '@equipoise/kit';
import { type Backend, EquipoiseError, type Report, type RunContext } from '@equipoise/spec';
import type { AnyRegistry } from '../registry/types.js';
import { compareResults, type RowResult } from './compare-results.js';
import { createEventQueue } from './event-queue.js';
import type { ExperimentEvent } from './events.js';
import { createInProcessExecutor, type JobExecutor } from './executor.js';
import { createJobReporter } from './job-events.js';
import { type JobResult, readJobResult } from './job-result.js';
import { type Job, planJobs, type TrainingJob } from './plan-jobs.js';
import { schedule } from './schedule.js';
import type { Experiment } from './types.js';
import type { RunStorage } from './storage.js';

/** What `runExperiment` is asked to do. */
export interface RunExperimentOptions {
  /** The experiment, resolved: see `parseExperiment` and `resolveExperiment`. */
  readonly experiment: Experiment;
  /** Makes the components. */
  readonly registry: AnyRegistry;
  /** Where the run is kept; what it holds of the same experiment already is not done again. */
  readonly storage: RunStorage;
  /** The backend that is active, if its capabilities shall be checked. */
  readonly backend?: Backend | undefined;
  /** What runs jobs; by default this process, one job after the other. */
  readonly executor?: JobExecutor | undefined;
  /** Hears what happens. */
  readonly onEvent?: ((event: ExperimentEvent) => void) | undefined;
  /** Aborted when the run shall stop; it can be resumed from the same storage. */
  readonly signal?: AbortSignal | undefined;
}

/** What came out of an experiment. */
export interface ExperimentOutcome {
  /** All rows and seeds side by side; keeping it is the caller's. */
  readonly report: Report;
  /** What each training job found, in the order of the plan. */
  readonly results: readonly JobResult[];
}

/**
 * Runs an experiment from where its storage stands to its report.
 *
 * If a job fails, those that do not need it still run and are kept; then the error of the first failed job is thrown.
 *
 * @throws whatever the first failed job threw
 * @throws the signal's reason when aborted; what is done is kept
 */
export async function runExperiment(options: RunExperimentOptions): Promise<ExperimentOutcome> {
  const { experiment, storage, signal } = options;
  const executor = options.executor ?? createInProcessExecutor(options);
  const stop = new AbortController();
  const whole = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const events = createEventQueue(storage, options.onEvent ?? (() => undefined), (error) => stop.abort(error));
  const plan = planJobs(experiment);
  const training = plan.filter((job): job is TrainingJob => job.type !== 'compare');
  const run = (job: TrainingJob) =>
    follow(job, events.tell, whole, async () => {
      const kept = await readJobResult(storage, job);
      return kept
        ? { result: kept, kept: true }
        : { result: await executor.execute(job, events.tell, whole), kept: false };
    });
  const outcomes = await schedule(training, executor.concurrency, run, whole);
  await events.settle();
  whole.throwIfAborted();
  const results = training.map((job) => {
    const outcome = outcomes.get(job.id);
    if (outcome && 'value' in outcome) return { job, result: outcome.value };
    throw outcome?.error ?? notRun(job);
  });
  const report = await compare(options, plan, results, events.tell, whole);
  await events.settle();
  return { report, results: results.map(({ result }) => result) };
}

async function compare(
  { experiment, registry }: RunExperimentOptions,
  plan: readonly Job[],
  results: readonly { readonly job: TrainingJob; readonly result: JobResult }[],
  tell: (event: ExperimentEvent) => void,
  signal: AbortSignal,
): Promise<Report> {
  const job = plan.find(({ type }) => type === 'compare') as Job;
  const { report } = createJobReporter(job.id, tell);
  const contextOf = (label: string): RunContext => ({ rng: createRng('compare').fork(label), report, signal });
  const rows = results.filter((one): one is RowResult => one.job.type === 'row');
  return follow(job, tell, signal, async () => ({
    result: await compareResults(experiment, registry, rows, contextOf),
    kept: false,
  }));
}

async function follow<T>(
  job: Job,
  tell: (event: ExperimentEvent) => void,
  signal: AbortSignal,
  work: () => Promise<{ readonly result: T; readonly kept: boolean }>,
): Promise<T> {
  const begun = performance.now();
  const seconds = () => Math.round(performance.now() - begun) / 1000;
  tell({ type: 'job-start', job: job.id });
  try {
    const { result, kept } = await work();
    tell({ type: 'job-end', job: job.id, status: kept ? 'kept' : 'finished', seconds: seconds() });
    return result;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const status = signal.aborted ? 'aborted' : 'failed';
    tell({ type: 'job-end', job: job.id, status, seconds: seconds(), message });
    throw error;
  }
}

function notRun(job: TrainingJob): EquipoiseError {
  return new EquipoiseError(
    'EQUIPOISE_JOB_NOT_RUN',
    `${job.id} was not run, because it needs ${job.needs.join(', ')}.`,
  );
}
