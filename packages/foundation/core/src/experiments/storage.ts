import type { TrainingState } from '@equipoise/spec';

/** The name of a checkpoint: the newest one of a training, its best one, and the weights when training is done. */
export type CheckpointName = 'last' | 'best' | 'final';

/**
 * Where a run of an experiment keeps what it makes.
 *
 * `job` is a job's id, such as `row/fcl/seed-1`; `path` is relative to the run and has forward slashes, such as
 * `jobs/row/fcl/seed-1.json`. A value that was written is either there whole or not at all. Every method throws a
 * `StorageError` if it cannot do what it says. Different threads may use one run at the same time as long as no two
 * write the same path or job.
 */
export interface RunStorage {
  /** Reads a JSON value; `undefined` if it was never written. */
  readJson(path: string): Promise<unknown>;
  /** Writes a JSON value in the place of what was there. */
  writeJson(path: string, value: unknown): Promise<void>;
  /** Adds an event to the log of the run; the storage adds the time. */
  appendEvent(job: string, event: Readonly<Record<string, unknown>>): Promise<void>;
  /** Keeps a checkpoint in the place of the one of that name. */
  saveCheckpoint(job: string, name: CheckpointName, state: TrainingState): Promise<void>;
  /** Gives a checkpoint back; `undefined` if there is none, a `StorageError` if it is damaged. */
  loadCheckpoint(job: string, name: CheckpointName): Promise<TrainingState | undefined>;
}
