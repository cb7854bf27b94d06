import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readEvents, runFiles, runStatus } from '@equipoise/core/node';
import { StorageError } from '@equipoise/spec';
import { itemList, type Item } from '../output.js';
import { duration } from '../run/progress-view.js';

/** What a run folder holds. */
export interface RunDescription {
  readonly folder: string;
  readonly status: string;
  readonly config: unknown;
  readonly environment: unknown;
  /** How each job that was begun ended last; `unfinished` if it did not. */
  readonly jobs: readonly { readonly job: string; readonly status: string; readonly seconds?: number }[];
  readonly warnings: readonly string[];
}

/** Whether a path is a folder with a run in it. */
export async function isRun(path: string): Promise<boolean> {
  return (await runStatus(path).catch(() => '')).endsWith(' run');
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown;
  } catch (error) {
    throw new StorageError(`${path} cannot be read: ${(error as Error).message}.`, { path }, error);
  }
}

/** Reads what a run folder holds. */
export async function readRun(folder: string): Promise<RunDescription> {
  const jobs = new Map<string, RunDescription['jobs'][number]>();
  const warnings: string[] = [];
  for (const event of await readEvents(join(folder, runFiles.events))) {
    const job = String(event['job']);
    if (event['type'] === 'job-start' && !jobs.has(job)) jobs.set(job, { job, status: 'unfinished' });
    if (event['type'] === 'job-end' && event['status'] !== 'kept') {
      jobs.set(job, { job, status: String(event['status']), seconds: Number(event['seconds']) });
    }
    if (event['type'] === 'warning') warnings.push(`${job}: ${String(event['message'])}`);
  }
  return {
    folder,
    status: await runStatus(folder),
    config: await readJson(join(folder, runFiles.config)),
    environment: await readJson(join(folder, runFiles.environment)),
    jobs: [...jobs.values()],
    warnings,
  };
}

/** A run for people. */
export function runText({ folder, status, jobs, warnings }: RunDescription, width: number): string {
  const items = jobs.map(({ job, status: ended, seconds }): Item => {
    return [job, seconds === undefined ? ended : `${ended}, ${duration(seconds)}`];
  });
  const next =
    status === 'finished run' ? `Its report: equipoise report ${folder}` : 'To go on: equipoise run … --resume';
  return [
    `${folder}: ${status}`,
    ...(items.length === 0 ? ['Nothing was begun.'] : ['', 'Jobs:', itemList(items, width)]),
    ...(warnings.length === 0
      ? []
      : [
          '',
          'Warnings:',
          itemList(
            warnings.map((text): Item => ['-', text]),
            width,
          ),
        ]),
    '',
    next,
    `Configuration and environment: equipoise show ${folder} --json`,
  ].join('\n');
}
