import type { ExperimentEvent, Job } from '@equipoise/core';

/** What is under way at the moment. */
export interface Activity {
  /** Hears what happens. */
  readonly update: (event: ExperimentEvent) => void;
  /** Every job that runs with its phase and how far that is: `fcl: training 120/470, ce: balance 3/9`. */
  readonly read: () => string;
}

function nameOf(job: Job, several: boolean): string {
  if (job.type === 'compare') return 'comparison';
  const name = job.type === 'start' ? 'shared start' : job.row;
  return several ? `${name} (seed ${job.seed})` : name;
}

/** Follows the events of an experiment and knows which jobs run, and what they are at. */
export function createActivity(jobs: readonly Job[]): Activity {
  const several = new Set(jobs.flatMap((job) => ('seed' in job ? [job.seed] : []))).size > 1;
  const names = new Map(jobs.map((job) => [job.id, nameOf(job, several)]));
  const running = new Map<string, string>();
  return {
    update: (event) => {
      if (event.type === 'job-start') running.set(event.job, '');
      if (event.type === 'job-end') running.delete(event.job);
      if (event.type === 'job-progress' && running.has(event.job))
        running.set(event.job, `${event.phase === 'training' ? 'training' : event.label} ${event.done}/${event.total}`);
    },
    read: () =>
      [...running].map(([job, phase]) => [names.get(job) ?? job, phase].filter(Boolean).join(': ')).join(', '),
  };
}
