import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { Experiment, ExperimentEvent, JobExecutor, JobResult, TrainingJob } from '@equipoise/core';
import { EquipoiseError } from '@equipoise/spec';
import { Tinypool } from 'tinypool';
import type { WorkerFailure, WorkerMessage, WorkerOutcome, WorkerTask } from './worker-task.js';

/** What every job of a run shares. */
export interface WorkerExecutorOptions {
  readonly experiment: Experiment;
  readonly folder: string;
  readonly backend: string;
  readonly plugins: readonly string[];
  /** How many threads. */
  readonly workers: number;
  /** Is told, in a sentence, what went wrong without harm. */
  readonly onWarning: (message: string) => void;
}

/** This file is TypeScript when the repository runs from its sources; then so is the worker. */
function workerFile(): string {
  const source = import.meta.url.endsWith('.ts');
  return new URL(source ? './worker-from-source.mjs' : './worker.js', import.meta.url).href;
}

function errorOf({ name, message, stack, code, details = {} }: WorkerFailure): Error {
  const error = code === undefined ? new Error(message) : new EquipoiseError(code, message, { details });
  error.name = name;
  if (stack !== undefined) error.stack = stack;
  return error;
}

function listen(
  port: MessagePort,
  onEvent: (event: ExperimentEvent) => void,
  onWarning: (message: string) => void,
): void {
  port.on('message', (message: WorkerMessage) => {
    if (message.type === 'event') onEvent(message.event);
    else onWarning(message.message);
  });
}

/** Runs jobs side by side in worker threads, each with a backend of its own. */
export function createWorkerExecutor(
  options: WorkerExecutorOptions,
): JobExecutor & { readonly close: () => Promise<void> } {
  const { experiment, folder, backend, plugins, workers, onWarning } = options;
  const pool = new Tinypool({ filename: workerFile(), minThreads: 0, maxThreads: workers, runtime: 'worker_threads' });
  return {
    concurrency: workers,
    close: () => pool.destroy(),
    async execute(job: TrainingJob, onEvent, signal): Promise<JobResult> {
      const { port1, port2 } = new MessageChannel();
      const stop = () => port1.postMessage('stop');
      listen(port1, onEvent, onWarning);
      if (signal.aborted) stop();
      signal.addEventListener('abort', stop);
      const task: WorkerTask = { job, experiment, folder, backend, plugins, from: process.cwd(), port: port2 };
      try {
        const outcome = (await pool.run(task, { transferList: [port2] })) as WorkerOutcome<JobResult>;
        if ('failure' in outcome) throw errorOf(outcome.failure);
        return outcome.result;
      } finally {
        signal.removeEventListener('abort', stop);
        port1.close();
      }
    },
  };
}
