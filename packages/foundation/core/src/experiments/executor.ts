import type { ExperimentEvent } from './events.js';
import type { JobResult } from './job-result.js';
import type { TrainingJob } from './plan-jobs.js';
import { type JobDependencies, runJob } from './run-job.js';

/** What runs jobs: this process, or workers beside it. */
export interface JobExecutor {
  /** How many jobs may run at the same time. */
  readonly concurrency: number;
  /**
   * Runs a job as `runJob` does, on the same storage.
   *
   * @param job the job
   * @param onEvent hears what the job tells
   * @param signal aborted when the job shall stop
   */
  execute(job: TrainingJob, onEvent: (event: ExperimentEvent) => void, signal: AbortSignal): Promise<JobResult>;
}

/** Makes an executor that runs jobs in this process, one after the other. */
export function createInProcessExecutor(dependencies: Omit<JobDependencies, 'signal' | 'onEvent'>): JobExecutor {
  return {
    concurrency: 1,
    execute: (job, onEvent, signal) => runJob(job, { ...dependencies, onEvent, signal }),
  };
}
