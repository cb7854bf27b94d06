import type { JobExecutor } from '@equipoise/core';
import type { WorkerSetup } from './worker-task.js';
import { startWorkerThread, type WorkerThread } from './worker-thread.js';

/** What every job of a run shares. */
export interface WorkerExecutorOptions extends WorkerSetup {
  /** How many threads. */
  readonly workers: number;
  /** Is told, in a sentence, what went wrong without harm. */
  readonly onWarning: (message: string) => void;
}

/** Runs jobs side by side in worker threads; a thread that has done its job takes the next one. */
export function createWorkerExecutor(
  options: WorkerExecutorOptions,
): JobExecutor & { readonly close: () => Promise<void> } {
  const { workers, onWarning, ...setup } = options;
  const idle: WorkerThread[] = [];
  return {
    concurrency: workers,
    close: async () => void (await Promise.all(idle.splice(0).map((thread) => thread.terminate()))),
    async execute(job, onEvent, signal) {
      const free = idle.pop();
      const thread = free?.alive ? free : startWorkerThread(setup, onWarning);
      const result = thread.run(job, onEvent);
      signal.addEventListener('abort', thread.stop);
      if (signal.aborted) thread.stop();
      try {
        return await result;
      } finally {
        signal.removeEventListener('abort', thread.stop);
        if (thread.alive) idle.push(thread);
      }
    },
  };
}
