import { recipeOf } from './recipes.js';
import { trainedRowsIn } from './trained-references.js';
import type { Experiment } from './types.js';

interface JobOf<Type extends string> {
  /** Its name, such as `row/fcl/seed-1`; also where its files are. */
  readonly id: string;
  /** What it is. */
  readonly type: Type;
  /** The ids of the jobs that come before it. */
  readonly needs: readonly string[];
}

/** Trains the shared start of a seed. */
export interface StartJob extends JobOf<'start'> {
  /** The seed. */
  readonly seed: number;
}

/** Trains and analyses a row with a seed. */
export interface RowJob extends JobOf<'row'> {
  /** The seed. */
  readonly seed: number;
  /** Name of the row. */
  readonly row: string;
}

/** Puts all rows and seeds side by side. */
export interface CompareJob extends JobOf<'compare'> {
  /** The ids of the jobs of all rows and seeds. */
  readonly needs: readonly string[];
}

/** A job that trains. */
export type TrainingJob = StartJob | RowJob;

/** A piece of an experiment that runs in one go: JSON. */
export type Job = TrainingJob | CompareJob;

/**
 * The jobs of an experiment, each after those that it needs: the shared starts, the rows by seed, and the comparison.
 *
 * @param experiment the experiment, resolved
 */
export function planJobs(experiment: Experiment): readonly Job[] {
  const { rows, seeds } = experiment;
  const shared = experiment.start !== undefined && rows.some((row) => row.start);
  const starts = shared ? seeds.map((seed): StartJob => ({ id: startId(seed), type: 'start', seed, needs: [] })) : [];
  const trainings = seeds.flatMap((seed) =>
    rows.map((row): RowJob => {
      const start = shared && row.start ? [startId(seed)] : [];
      const others = trainedRowsIn(recipeOf(row, experiment)).map((name) => rowId(name, seed));
      return { id: rowId(row.name, seed), type: 'row', row: row.name, seed, needs: [...start, ...new Set(others)] };
    }),
  );
  return [...starts, ...trainings, { id: 'compare', type: 'compare', needs: trainings.map(({ id }) => id) }];
}

/** The id of the job that trains a row with a seed. */
export function rowId(row: string, seed: number): string {
  return `row/${row}/seed-${seed}`;
}

/** The id of the job that trains the shared start of a seed. */
export function startId(seed: number): string {
  return `start/seed-${seed}`;
}
