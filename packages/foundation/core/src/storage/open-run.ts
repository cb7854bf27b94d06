import { mkdir, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { removeTemporaryFiles, storageFailure, writeFileAtomic } from '@equipoise/kit/node';
import type { Report } from '@equipoise/spec';
import { StorageError } from '@equipoise/spec';
import type { RunStorage } from '../experiments/storage.js';
import { renderHtml } from '../render/html.js';
import { compareJson } from './compare-json.js';
import { describeEnvironment, type Environment } from './environment.js';
import { createFolderStorage, jsonText, readJsonFile } from './folder-storage.js';
import { runFiles } from './run-files.js';
import { lockRun, type RunLock } from './run-lock.js';

/** Options of {@link openRun}. */
export interface OpenRunOptions {
  /** The run's folder. */
  readonly folder: string;
  /** The configuration, fully resolved; JSON. */
  readonly config: unknown;
  /**
   * `new` (default) refuses a folder that holds a run; `resume` goes on with the run that is there, which must have the
   * same configuration; `force` removes it first.
   */
  readonly mode?: 'new' | 'resume' | 'force';
  /** Where the run is made; {@link describeEnvironment} by default. */
  readonly environment?: Environment;
  /** Is told, in a sentence, what went wrong without harm. */
  readonly onWarning?: (message: string) => void;
}

/** A run that this process may write. */
export interface Run {
  /** The folder, absolute. */
  readonly folder: string;
  /** Where the run keeps what it makes. */
  readonly storage: RunStorage;
  /** Whether the run has been finished before: its report exists. */
  readonly finished: boolean;
  /** Writes `report.html` and `report.json`; with that the run is finished. */
  saveReport(report: Report): Promise<void>;
  /** Gives the run's lock back. */
  close(): Promise<void>;
}

/** What a folder holds, as far as runs go. */
export type RunStatus = 'nothing' | 'something else' | 'unfinished run' | 'finished run';

/** Tells what a folder holds: a run is one that has a `config.json`, a finished one has a `report.json`, too. */
export async function runStatus(folder: string): Promise<RunStatus> {
  let names: string[];
  try {
    names = (await readdir(folder)).filter((name) => !name.startsWith('.'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'nothing';
    throw storageFailure('read', folder, error);
  }
  if (names.includes(runFiles.config)) return names.includes(runFiles.report) ? 'finished run' : 'unfinished run';
  return names.every((name) => name === runFiles.environment) ? 'nothing' : 'something else';
}

function checkFolder(folder: string, status: RunStatus, mode: 'new' | 'resume' | 'force'): void {
  const fail = (message: string) => new StorageError(message, { folder, status, mode });
  if (status === 'something else') {
    throw fail(`${folder} exists and does not hold a run. Use another folder, or remove what is there.`);
  }
  if (status === 'nothing' && mode === 'resume') {
    throw fail(`There is no run in ${folder} to go on with. Start it without --resume, or check the name.`);
  }
  if (mode !== 'new' || status === 'nothing') return;
  if (status === 'finished run') {
    throw fail(`${folder} holds a finished run, which is kept. Use another folder, or --force to replace it.`);
  }
  throw fail(
    `${folder} holds a run that is not finished. Use --resume to go on with it, --force to start it anew, or another folder.`,
  );
}

async function writeStart(folder: string, config: unknown, environment: Environment): Promise<void> {
  const write = (name: string, value: unknown) =>
    writeFileAtomic(join(folder, name), jsonText(join(folder, name), value, 2));
  await write(runFiles.environment, environment);
  await write(runFiles.config, config);
}

/** Removes a run; its `config.json` last, so that a folder that is half removed still counts as a run. */
async function removeRun(folder: string): Promise<void> {
  const { config, ...others } = runFiles;
  for (const name of [...Object.values(others), config]) {
    const path = join(folder, name);
    await rm(path, { recursive: true, force: true }).catch((error: unknown) => {
      throw storageFailure('remove', path, error);
    });
  }
}

async function continueRun(
  run: { folder: string; storage: RunStorage },
  options: OpenRunOptions,
  environment: Environment,
) {
  const before = await readJsonFile(join(run.folder, runFiles.config));
  const differences = compareJson(before, options.config);
  if (differences.length > 0) {
    throw new StorageError(
      `The run in ${run.folder} was started with another configuration:\n${differences.map((line) => `  ${line}`).join('\n')}\n` +
        'Use that configuration, another folder, or --force to start the run anew.',
      { folder: run.folder, differences },
    );
  }
  const changes = compareJson(await readJsonFile(join(run.folder, runFiles.environment)), environment);
  await run.storage.appendEvent('', { type: 'resume', environment });
  if (changes.length > 0) {
    options.onWarning?.(
      `The run was started elsewhere, so that numbers may differ in their last digits: ${changes.join('; ')}.`,
    );
  }
}

async function prepare(
  folder: string,
  lock: RunLock,
  options: OpenRunOptions,
): Promise<Pick<Run, 'storage' | 'finished'>> {
  const { mode = 'new', environment = describeEnvironment(), onWarning } = options;
  const status = await runStatus(folder);
  checkFolder(folder, status, mode);
  await removeTemporaryFiles(folder);
  const storage = createFolderStorage(folder, {
    beforeWrite: () => lock.check(),
    ...(onWarning === undefined ? {} : { onWarning }),
  });
  if (mode === 'resume') {
    await continueRun({ folder, storage }, options, environment);
    return { storage, finished: status === 'finished run' };
  }
  await removeRun(folder);
  await writeStart(folder, options.config, environment);
  return { storage, finished: false };
}

/**
 * Opens a run's folder for writing: starts a run there or goes on with one, and keeps other processes out until `close`.
 *
 * A new folder gets `config.json` and `environment.json`.
 *
 * @throws `StorageError` if the folder holds a run and `mode` is `new`; if it holds something else than a run; if there
 * is nothing to resume, or it has another configuration (the message shows the differences); if another process writes
 * the run; if files cannot be written
 */
export async function openRun(options: OpenRunOptions): Promise<Run> {
  const folder = resolve(options.folder);
  checkFolder(folder, await runStatus(folder), options.mode ?? 'new');
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw storageFailure('make the folder', folder, error);
  });
  const lock = await lockRun(folder, (message) => options.onWarning?.(message));
  try {
    const { storage, finished } = await prepare(folder, lock, options);
    return {
      folder,
      storage,
      finished,
      saveReport: async (report) => {
        const page = await renderHtml(report);
        lock.check();
        await writeFileAtomic(join(folder, runFiles.page), page);
        await storage.writeJson(runFiles.report, report);
      },
      close: () => lock.release(),
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}
