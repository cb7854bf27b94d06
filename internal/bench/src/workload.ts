import type { MeasureOptions, Measurement } from './measure.js';

/** Something whose speed is measured. */
export interface Workload {
  /** Its name on the command line. */
  readonly name: string;
  /** What it is, in a line. */
  readonly description: string;
  /** Backends on which it would take too long. */
  readonly tooSlowOn?: readonly string[];
  /** Whether PyTorch has nothing to put beside it. */
  readonly isAlone?: true;
  /** Makes what it needs, before any clock runs; its process has no active backend. */
  prepare?(): Promise<void> | void;
  /** Measures on the active backend. */
  run(task: WorkloadTask): Promise<readonly Measurement[]>;
}

/** How a workload is to be measured. */
export interface WorkloadTask {
  /** The name of the active backend. */
  readonly backend: string;
  /** How many values to take, if it is not the workload's own choice. */
  readonly values?: number;
}

/** A workload's own choice of how long to measure, and the user's. */
export function measuring(task: WorkloadTask, options: MeasureOptions): MeasureOptions {
  return { ...options, ...(task.values === undefined ? {} : { values: task.values }) };
}
