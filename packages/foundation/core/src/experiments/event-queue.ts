import type { ExperimentEvent } from './events.js';
import type { RunStorage } from './storage.js';

/** Hands events to whoever watches and to the log of the run. */
export interface EventQueue {
  /** Tells an event at once, and logs it after those before it. */
  readonly tell: (event: ExperimentEvent) => void;
  /** Waits until all is logged; rejects if the log could not be written. */
  readonly settle: () => Promise<void>;
}

/**
 * Makes a queue; progress is told and not logged.
 *
 * @param onFailure called once if the log cannot be written, so that the run can stop
 */
export function createEventQueue(
  storage: RunStorage,
  onEvent: (event: ExperimentEvent) => void,
  onFailure: (error: unknown) => void,
): EventQueue {
  let queue = Promise.resolve();
  let failure: { readonly error: unknown } | undefined;
  const log = async ({ job, ...event }: ExperimentEvent): Promise<void> => {
    if (failure) return;
    try {
      await storage.appendEvent(job, event);
    } catch (error) {
      failure = { error };
      onFailure(error);
    }
  };
  return {
    tell: (event) => {
      onEvent(event);
      if (event.type !== 'job-progress') queue = queue.then(() => log(event));
    },
    settle: async () => {
      await queue;
      if (failure) throw failure.error;
    },
  };
}
