import { createRng } from '@equipoise/kit';
import { type Backend, EquipoiseError, type RunContext, StorageError } from '@equipoise/spec';
import type { AnyRegistry } from '../registry/types.js';
import { analyze } from '../run/analyze.js';
import { evaluate } from '../run/evaluate.js';
import { fit } from '../run/fit.js';
import type { ExperimentEvent } from './events.js';
import { createJobReporter, type JobReporter } from './job-events.js';
import { createJobParts, type JobParts } from './job-parts.js';
import { type AnalysisResult, type JobResult, readJobResult, writeJobResult } from './job-result.js';
import { captureModel, restoreModel } from './model-state.js';
import { createPartialStorage } from './partial-storage.js';
import { type RowJob, startId, type TrainingJob } from './plan-jobs.js';
import { rowOf } from './recipes.js';
import { withTrainedRows } from './trained-rows.js';
import { type Experiment, rowLabel } from './types.js';
import type { RunStorage } from './storage.js';

/** What a job needs from the process that runs it. */
export interface JobDependencies {
  /** The experiment, resolved. */
  readonly experiment: Experiment;
  /** Makes the components. */
  readonly registry: AnyRegistry;
  /** Where the run is kept. */
  readonly storage: RunStorage;
  /** The backend that is active, if its capabilities shall be checked. */
  readonly backend?: Backend | undefined;
  /** Aborted when the job shall stop at its next checkpoint. */
  readonly signal?: AbortSignal | undefined;
  /** Hears what the job tells. */
  readonly onEvent?: ((event: ExperimentEvent) => void) | undefined;
}

/**
 * Runs a start or a row: trains (or goes on training from the last checkpoint), keeps checkpoints, and analyses.
 *
 * What is finished already is read from the storage. The result is a function of the experiment, the seed and the
 * backend, not of what else runs, nor of how often the job was interrupted.
 *
 * @param job a job of `planJobs`, after those that it needs
 * @returns what it found, which is in the storage too
 * @throws NumericalError if training diverges; the last good checkpoint is kept
 * @throws the signal's reason when aborted
 * @throws whatever components and the storage throw
 */
export async function runJob(job: TrainingJob, dependencies: JobDependencies): Promise<JobResult> {
  const { storage, experiment, registry, signal, onEvent = () => undefined } = dependencies;
  const kept = await readJobResult(storage, job);
  if (kept) return kept;
  const reporter = createJobReporter(job.id, onEvent);
  const root = createRng(job.seed);
  const contextOf = (label: string): RunContext => ({
    rng: root.fork(label),
    report: label === 'dataset' ? reporter.data : reporter.report,
    ...(signal === undefined ? {} : { signal }),
  });
  const trained = withTrainedRows(registry, { experiment, storage, seed: job.seed });
  let parts: JobParts | undefined;
  try {
    parts = await createJobParts(job, experiment, trained.registry, contextOf);
    const step = await train(job, parts, dependencies, contextOf(job.type), reporter);
    const { metrics, reports } = job.type === 'row' ? await look(job, parts, dependencies, contextOf) : nothing;
    const result: JobResult = { resultVersion: 1, job: job.id, seed: job.seed, step, metrics, reports };
    await writeJobResult(storage, job, result);
    return result;
  } finally {
    parts?.model.dispose();
    parts?.loss.dispose?.();
    trained.dispose(parts?.model);
  }
}

const nothing: Pick<JobResult, 'metrics' | 'reports'> = { metrics: {}, reports: [] };

async function train(
  job: TrainingJob,
  { model, trainer, dataset, loss }: JobParts,
  { storage, backend, signal }: JobDependencies,
  context: RunContext,
  reporter: JobReporter,
): Promise<number> {
  const final = await storage.loadCheckpoint(job.id, 'final');
  if (final) {
    restoreModel(model, final, job.id);
    return final.step;
  }
  const resumeFrom = await storage.loadCheckpoint(job.id, 'last');
  if (resumeFrom) reporter.tell({ type: 'resume', job: job.id, step: resumeFrom.step });
  else await loadStart(job, model, storage);
  const { step, reason } = await fit({
    trainer,
    model,
    dataset,
    loss,
    backend,
    context,
    resumeFrom,
    onEvent: async (event) => {
      if (event.type === 'checkpoint') await storage.saveCheckpoint(job.id, event.name, event.state);
      reporter.training(event);
    },
  });
  if (reason === 'aborted') {
    signal?.throwIfAborted();
    throw new EquipoiseError(
      'EQUIPOISE_ABORTED',
      `The trainer of ${job.id} stopped at step ${step} without being asked.`,
    );
  }
  await storage.saveCheckpoint(job.id, 'final', await captureModel(model, step));
  return step;
}

async function loadStart(job: TrainingJob, model: JobParts['model'], storage: RunStorage): Promise<void> {
  for (const start of job.needs.filter((id) => id === startId(job.seed))) {
    const state = await storage.loadCheckpoint(start, 'final');
    if (!state)
      throw new StorageError(`The weights of "${start}", which ${job.id} begins with, are missing.`, { job: start });
    restoreModel(model, state, start);
  }
}

async function look(
  job: RowJob,
  { model, dataset, analyses }: JobParts,
  { experiment, storage }: JobDependencies,
  contextOf: (label: string) => RunContext,
): Promise<Pick<JobResult, 'metrics' | 'reports'>> {
  const subject = { model, dataset, name: rowLabel(rowOf(job.row, experiment)) };
  const reports: AnalysisResult[] = [];
  for (const { name, analysis } of analyses) {
    const context = contextOf(`analysis/${name}`);
    context.signal?.throwIfAborted();
    const resumable = { ...context, storage: createPartialStorage(storage, `${job.id}/${name}`) };
    reports.push({ analysis: name, report: await analyze(analysis, subject, resumable) });
  }
  const hasTest = model.supports.logits && dataset.info.splits.includes('test');
  if (!hasTest) return { metrics: {}, reports };
  const { accuracy, loss } = await evaluate(model, await dataset.split('test'));
  return { metrics: { accuracy, loss }, reports };
}
