import type { Experiment, ExperimentEvent, JobResult, TrainingJob } from '@equipoise/core';

/** What all jobs of a worker share: JSON. */
export interface WorkerSetup {
  readonly experiment: Experiment;
  /** The run's folder, absolute; the main thread holds its lock, a worker writes only files of its jobs. */
  readonly folder: string;
  /** Name of the backend in the registry. */
  readonly backend: string;
  /** Plugins that `--plugin` named, and the folder that relative names start from. */
  readonly plugins: readonly string[];
  readonly from: string;
}

/** What a worker is asked to do. */
export type WorkerOrder =
  | { readonly type: 'run'; readonly job: TrainingJob }
  /** Stop at the next safe point. */
  | { readonly type: 'stop' };

/** How an error crosses threads: an `EquipoiseError` keeps code and details. */
export interface WorkerFailure {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly code?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** What a worker tells; the last two end its job. */
export type WorkerMessage =
  | { readonly type: 'event'; readonly event: ExperimentEvent }
  | { readonly type: 'warning'; readonly message: string }
  | { readonly type: 'result'; readonly result: JobResult }
  | { readonly type: 'failure'; readonly failure: WorkerFailure };
