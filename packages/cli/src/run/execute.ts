import { availableParallelism } from 'node:os';
import {
  createInProcessExecutor,
  runExperiment,
  type ActiveBackend,
  type AnyRegistry,
  type Experiment,
  type JobExecutor,
} from '@equipoise/core';
import type { Run } from '@equipoise/core/node';
import type { Report } from '@equipoise/spec';
import { createWorkerExecutor } from './worker-executor.js';
import type { ProgressView } from './progress-view.js';

/** What an execution needs. */
export interface Execution {
  readonly experiment: Experiment;
  readonly registry: AnyRegistry;
  readonly run: Run;
  readonly active: ActiveBackend;
  readonly plugins: readonly string[];
  readonly view: ProgressView;
  readonly signal: AbortSignal;
}

/** How many trainings run side by side: at most one a core, and one a row and seed. */
export function workerCount({ workers, rows, seeds }: Experiment, { backend }: ActiveBackend): number {
  if (!backend.capabilities.workers) return 1;
  return Math.min(workers === 'auto' ? availableParallelism() : workers, rows.length * seeds.length);
}

/** Runs an experiment in a run's folder and writes its report; what is finished already is not done again. */
export async function execute(execution: Execution): Promise<Report> {
  const { experiment, registry, run, active, plugins, view, signal } = execution;
  const workers = workerCount(experiment, active);
  const common = { experiment, registry, storage: run.storage, backend: active.backend };
  const threads = { experiment, folder: run.folder, backend: active.name, plugins, workers, onWarning: view.note };
  const pool = workers > 1 ? createWorkerExecutor(threads) : undefined;
  const executor: JobExecutor = pool ?? createInProcessExecutor(common);
  try {
    const { report } = await runExperiment({ ...common, executor, signal, onEvent: view.update });
    await run.saveReport(report);
    return report;
  } finally {
    await pool?.close();
  }
}
