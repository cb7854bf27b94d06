import type { MessagePort } from 'node:worker_threads';
import type { Experiment, ExperimentEvent, TrainingJob } from '@equipoise/core';

/** What a worker is asked to do: JSON, and a port for events and for the wish to stop. */
export interface WorkerTask {
  readonly job: TrainingJob;
  readonly experiment: Experiment;
  /** The run's folder, absolute; this process holds its lock, the worker writes only files of its job. */
  readonly folder: string;
  /** Name of the backend in the registry. */
  readonly backend: string;
  /** Plugins that `--plugin` named, and the folder that relative names start from. */
  readonly plugins: readonly string[];
  readonly from: string;
  readonly port: MessagePort;
}

/** What a worker tells while it works. */
export type WorkerMessage =
  { readonly type: 'event'; readonly event: ExperimentEvent } | { readonly type: 'warning'; readonly message: string };

/** How an error crosses threads: `EquipoiseError`s keep code and details. */
export interface WorkerFailure {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly code?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** What comes back from a worker. */
export type WorkerOutcome<T> = { readonly result: T } | { readonly failure: WorkerFailure };
