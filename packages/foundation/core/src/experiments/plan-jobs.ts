import type { Experiment } from './schema.js';

/** A piece of an experiment that runs in one go: JSON. */
export type Job =
  | { readonly id: string; readonly type: 'start'; readonly seed: number; readonly needs: readonly string[] }
  | {
      readonly id: string;
      readonly type: 'row';
      readonly row: string;
      readonly seed: number;
      readonly needs: readonly string[];
    }
  | { readonly id: string; readonly type: 'compare'; readonly needs: readonly string[] };

/** A job that trains. */
export type TrainingJob = Exclude<Job, { type: 'compare' }>;

/**
 * The jobs of an experiment, each after those that it needs: the shared starts, the rows by seed, and the comparison.
 *
 * @param experiment an experiment without open profiles
 */
export function planJobs(experiment: Experiment): readonly Job[] {
  const { rows, seeds } = experiment;
  const shared = experiment.start !== undefined && rows.some((row) => row.start);
  const starts = shared
    ? seeds.map((seed): TrainingJob => ({ id: startId(seed), type: 'start', seed, needs: [] }))
    : [];
  const trainings = seeds.flatMap((seed) =>
    rows.map((row): TrainingJob => {
      const needs = shared && row.start ? [startId(seed)] : [];
      return { id: `row/${row.name}/seed-${seed}`, type: 'row', row: row.name, seed, needs };
    }),
  );
  return [...starts, ...trainings, { id: 'compare', type: 'compare', needs: trainings.map(({ id }) => id) }];
}

function startId(seed: number): string {
  return `start/seed-${seed}`;
}
