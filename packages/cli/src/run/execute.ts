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
  /** How many trainings run side by side. */
  readonly workers: number;
  readonly plugins: readonly string[];
  readonly view: ProgressView;
  readonly signal: AbortSignal;
}

/**
 * How many trainings run side by side: what was asked for, or one a core, but not more than there are rows and seeds.
 *
 * @param asked what the command line says; what the experiment says if it says nothing
 */
export function workerCount(
  { workers, rows, seeds }: Experiment,
  { backend }: ActiveBackend,
  asked: number | 'auto' = workers,
): number {
  if (!backend.capabilities.workers) return 1;
  return Math.min(asked === 'auto' ? availableParallelism() : asked, rows.length * seeds.length);
}

/** Runs an experiment in a run's folder and writes its report; what is finished already is not done again. */
export async function execute(execution: Execution): Promise<Report> {
  const { experiment, registry, run, active, workers, plugins, view, signal } = execution;
  const common = { experiment, registry, storage: run.storage, backend: active.backend };
  const setup = { experiment, folder: run.folder, backend: active.name, plugins, from: process.cwd() };
  const onWarning = (message: string) => view.note(`Warning: ${message}`);
  const pool = workers > 1 ? createWorkerExecutor({ ...setup, workers, onWarning }) : undefined;
  const executor: JobExecutor = pool ?? createInProcessExecutor(common);
  try {
    const { report } = await runExperiment({ ...common, executor, signal, onEvent: view.update });
    await run.saveReport(report);
    return report;
  } finally {
    await pool?.close();
  }
}
