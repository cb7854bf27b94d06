import { type Report, StorageError } from '@equipoise/spec';
import * as z from 'zod';
import type { TrainingJob } from './plan-jobs.js';
import type { RunStorage } from './storage.js';

/** What a finished job leaves behind: JSON. */
export interface JobResult {
  /** Version of this shape. */
  readonly resultVersion: 1;
  /** The id of the job. */
  readonly job: string;
  /** Its seed. */
  readonly seed: number;
  /** Steps of training. */
  readonly step: number;
  /** Accuracy (0 to 1) and mean cross-entropy on the split `test`, if there is one; none for a start. */
  readonly metrics: Readonly<Record<string, number>>;
  /** What the analyses found, in the experiment's order; none for a start. */
  readonly reports: readonly AnalysisResult[];
}

/** What one analysis found. */
export interface AnalysisResult {
  /** The name of the analysis within the experiment. */
  readonly analysis: string;
  /** What it found. */
  readonly report: Report;
}

const schema = z.object({
  resultVersion: z.literal(1),
  job: z.string(),
  seed: z.number(),
  step: z.number(),
  metrics: z.record(z.string(), z.number()),
  reports: z.array(
    z.object({
      analysis: z.string(),
      report: z.looseObject({ reportVersion: z.literal(1), tables: z.array(z.unknown()) }),
    }),
  ),
});

/**
 * What a job left behind in an earlier run; `undefined` if it did not finish.
 *
 * @throws StorageError if the file is not the result of this job
 */
export async function readJobResult(storage: RunStorage, job: TrainingJob): Promise<JobResult | undefined> {
  const path = resultPath(job);
  const value = await storage.readJson(path);
  if (value === undefined) return undefined;
  const result = schema.safeParse(value);
  if (result.success && result.data.job === job.id) return value as JobResult;
  throw new StorageError(`${path} does not hold the result of the job "${job.id}". Remove it to run the job again.`, {
    path,
    job: job.id,
  });
}

/** Keeps what a job found. */
export async function writeJobResult(storage: RunStorage, job: TrainingJob, result: JobResult): Promise<void> {
  await storage.writeJson(resultPath(job), result);
}

function resultPath(job: TrainingJob): string {
  return `jobs/${job.id}.json`;
}
