import { Worker } from 'node:worker_threads';
import type { ExperimentEvent, JobResult, TrainingJob } from '@equipoise/core';
import { EquipoiseError } from '@equipoise/spec';
import type { WorkerFailure, WorkerMessage, WorkerOrder, WorkerSetup } from './worker-task.js';

interface Assignment {
  readonly job: TrainingJob;
  readonly onEvent: (event: ExperimentEvent) => void;
  readonly resolve: (result: JobResult) => void;
  readonly reject: (error: Error) => void;
}

/** A worker thread that runs one job after the other, with a backend of its own. */
export interface WorkerThread {
  /** Whether it can run another job. */
  readonly alive: boolean;
  /** Runs a job; rejects with the job's error, or `EQUIPOISE_WORKER_DIED` if the thread ends in the middle. */
  run(job: TrainingJob, onEvent: (event: ExperimentEvent) => void): Promise<JobResult>;
  /** Asks the job to stop at its next safe point. */
  stop(): void;
  /** Ends the thread. */
  terminate(): Promise<unknown>;
}

/** This file is TypeScript when the repository runs from its sources; then so is the worker. */
function workerFile(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './worker-from-source.mjs' : './worker.js', import.meta.url);
}

function errorOf({ name, message, stack, code, details = {} }: WorkerFailure): Error {
  const error = code === undefined ? new Error(message) : new EquipoiseError(code, message, { details });
  error.name = name;
  if (stack !== undefined) error.stack = stack;
  return error;
}

function reasonOf(error: Error & { readonly code?: string }): string {
  return error.code === 'ERR_WORKER_OUT_OF_MEMORY'
    ? 'it ran out of memory; use a smaller batch or model, or fewer --workers'
    : `an error that nobody caught, ${String(error)}`;
}

function death(job: TrainingJob, reason: string, cause?: unknown): EquipoiseError {
  const message = `The worker thread of ${job.id} ended in the middle of its work: ${reason}.`;
  return new EquipoiseError('EQUIPOISE_WORKER_DIED', message, { details: { job: job.id, reason }, cause });
}

/**
 * Starts a thread.
 *
 * @param setup what its jobs share
 * @param onWarning is told, in a sentence, what went wrong without harm
 */
export function startWorkerThread(setup: WorkerSetup, onWarning: (message: string) => void): WorkerThread {
  const worker = new Worker(workerFile(), { workerData: setup });
  let alive = true;
  let assignment: Assignment | undefined;
  const send = (order: WorkerOrder) => worker.postMessage(order);
  const end = (reason: string, cause?: unknown) => {
    alive = false;
    assignment?.reject(death(assignment.job, reason, cause));
  };
  worker.on('error', (error) => end(reasonOf(error), error));
  worker.on('exit', (code) => end(`something in it called process.exit(${code})`));
  worker.on('message', (message: WorkerMessage) => {
    if (message.type === 'event') assignment?.onEvent(message.event);
    else if (message.type === 'warning') onWarning(message.message);
    else if (message.type === 'result') assignment?.resolve(message.result);
    else assignment?.reject(errorOf(message.failure));
  });
  return {
    get alive() {
      return alive;
    },
    run: (job, onEvent) =>
      new Promise((resolve, reject) => {
        assignment = { job, onEvent, resolve, reject };
        send({ type: 'run', job });
      }),
    stop: () => send({ type: 'stop' }),
    terminate: () => worker.terminate(),
  };
}
