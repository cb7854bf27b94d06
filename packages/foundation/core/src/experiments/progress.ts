import type { ExperimentEvent } from './events.js';
import type { Job } from './plan-jobs.js';

/** How far an experiment is. */
export interface Progress {
  /** Share of the work that is done, from 0 to 1. */
  readonly fraction: number;
  /** Seconds until the end, if it goes on as it went; `undefined` as long as too little is known. */
  readonly secondsLeft: number | undefined;
  /** Jobs that are done. */
  readonly jobsDone: number;
  /** Jobs in all. */
  readonly jobs: number;
}

/** Follows an experiment. */
export interface ProgressEstimate {
  /** Takes note of an event. */
  update(event: ExperimentEvent): void;
  /** How far it is by now. */
  read(): Progress;
}

interface JobState {
  fraction: number;
  readonly weight: number;
  begun: boolean;
  kept: number;
}

const trainingShare = 0.85;
const startWeight = 0.3;

/**
 * Follows the events of an experiment and estimates what is left.
 *
 * A job counts by its steps, of which training makes up 85 % and the analyses the rest; a shared start counts less than
 * a row until its number of steps is known. What an earlier run had done does not count as speed.
 *
 * @param jobs the plan
 * @param now seconds; the clock by default
 */
export function createProgress(
  jobs: readonly Job[],
  now: () => number = () => performance.now() / 1000,
): ProgressEstimate {
  const states = new Map<string, JobState>();
  for (const { id, type } of jobs) {
    if (type !== 'compare')
      states.set(id, { fraction: 0, weight: type === 'start' ? startWeight : 1, begun: false, kept: 0 });
  }
  const begun = now();
  const update = (event: ExperimentEvent): void => {
    const state = states.get(event.job);
    if (!state) return;
    if (event.type === 'job-end' && (event.status === 'finished' || event.status === 'kept')) {
      state.fraction = 1;
      if (event.status === 'kept') state.kept = 1;
    } else if (event.type === 'job-progress' && event.phase !== 'data' && event.total > 0) {
      const share = event.done / event.total;
      const fraction =
        event.phase === 'training' ? trainingShare * share : trainingShare + (1 - trainingShare) * share * 0.9;
      if (!state.begun) state.kept = event.phase === 'training' ? fraction : trainingShare;
      state.begun = true;
      state.fraction = Math.max(state.fraction, fraction);
    }
  };
  return { update, read: () => summarise([...states.values()], now() - begun) };
}

function summarise(states: readonly JobState[], seconds: number): Progress {
  const total = (of: (state: JobState) => number) => states.reduce((sum, state) => sum + state.weight * of(state), 0);
  const all = total(() => 1);
  const done = total(({ fraction }) => fraction);
  const earned = total(({ fraction, kept }) => fraction - kept);
  return {
    fraction: all === 0 ? 1 : done / all,
    secondsLeft: earned > 0 ? (seconds * (all - done)) / earned : undefined,
    jobsDone: states.filter(({ fraction }) => fraction === 1).length,
    jobs: states.length,
  };
}
