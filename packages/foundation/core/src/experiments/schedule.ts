import type { TrainingJob } from './plan-jobs.js';

/** How jobs ended, by id. */
export type Outcomes<T> = ReadonlyMap<string, { readonly value: T } | { readonly error: unknown }>;

/**
 * Runs jobs side by side, each after those that it needs, in their order where there is a choice.
 *
 * A job that fails stops those that need it and no others.
 *
 * @param jobs in an order in which each comes after those that it needs
 * @param concurrency how many at the same time
 * @param run runs a job
 * @param signal when aborted, no further job is begun
 */
export async function schedule<T>(
  jobs: readonly TrainingJob[],
  concurrency: number,
  run: (job: TrainingJob) => Promise<T>,
  signal?: AbortSignal,
): Promise<Outcomes<T>> {
  const outcomes = new Map<string, { readonly value: T } | { readonly error: unknown }>();
  const running = new Map<string, Promise<void>>();
  const waiting = new Set(jobs);
  const begin = (job: TrainingJob): void => {
    waiting.delete(job);
    const done = run(job).then(
      (value) => void outcomes.set(job.id, { value }),
      (error: unknown) => void outcomes.set(job.id, { error }),
    );
    running.set(
      job.id,
      done.finally(() => running.delete(job.id)),
    );
  };
  const isReady = (job: TrainingJob) => job.needs.every((id) => succeeded(outcomes, id));
  for (;;) {
    for (const job of waiting) {
      if (signal?.aborted || running.size >= concurrency) break;
      if (isReady(job)) begin(job);
    }
    if (running.size === 0) return outcomes;
    await Promise.race(running.values());
  }
}

function succeeded<T>(outcomes: Outcomes<T>, id: string): boolean {
  const outcome = outcomes.get(id);
  return outcome !== undefined && 'value' in outcome;
}
