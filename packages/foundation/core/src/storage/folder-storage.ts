import { readFile, rename } from 'node:fs/promises';
import { errorCode, storageFailure, writeFileAtomic } from '@equipoise/kit/node';
import type { TrainingState } from '@equipoise/spec';
import { EquipoiseError, StorageError } from '@equipoise/spec';
import type { CheckpointName, RunStorage } from '../experiments/storage.js';
import { createEventLog, type EventLog } from './event-log.js';
import { pathInRun, runFiles } from './run-files.js';
import { decodeTrainingState, encodeTrainingState } from './training-state.js';

/** Options of {@link createFolderStorage}. */
export interface FolderStorageOptions {
  /** Is told, in a sentence, what went wrong without harm; the log of events tells it, too. */
  readonly onWarning?: (message: string) => void;
  /** Is called before each write and throws if the run may no longer be written. */
  readonly beforeWrite?: () => void;
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw storageFailure('read', path, error);
  }
}

/** Reads a JSON file; `undefined` if there is none. */
export async function readJsonFile(path: string): Promise<unknown> {
  const bytes = await readIfThere(path);
  if (bytes === undefined) return undefined;
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch (error) {
    throw new StorageError(
      `${path} is damaged: it does not hold JSON. Remove it, or start the run anew.`,
      { path },
      error,
    );
  }
}

/** The text of a JSON file; `indent` blanks a level, or all in one line. */
export function jsonText(path: string, value: unknown, indent = 0): string {
  let text: string | undefined;
  let cause: unknown;
  try {
    text = JSON.stringify(value, undefined, indent) as string | undefined;
  } catch (error) {
    cause = error;
  }
  if (text === undefined) throw new StorageError(`The value for ${path} cannot be written as JSON.`, { path }, cause);
  return `${text}\n`;
}

async function readCheckpoint(path: string): Promise<TrainingState | EquipoiseError | undefined> {
  const bytes = await readIfThere(path);
  if (bytes === undefined) return undefined;
  try {
    return decodeTrainingState(bytes, path);
  } catch (error) {
    if (EquipoiseError.isInstance(error)) return error;
    throw error;
  }
}

async function moveIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

class FolderStorage implements RunStorage {
  readonly #folder: string;
  readonly #options: FolderStorageOptions;
  readonly #log: EventLog;

  constructor(folder: string, options: FolderStorageOptions) {
    this.#folder = folder;
    this.#options = options;
    this.#log = createEventLog(pathInRun(folder, runFiles.events));
  }

  async readJson(path: string): Promise<unknown> {
    return readJsonFile(pathInRun(this.#folder, path));
  }

  async writeJson(path: string, value: unknown): Promise<void> {
    const file = pathInRun(this.#folder, path);
    this.#options.beforeWrite?.();
    await writeFileAtomic(file, jsonText(file, value));
  }

  async appendEvent(job: string, event: Readonly<Record<string, unknown>>): Promise<void> {
    this.#options.beforeWrite?.();
    await this.#log.append(job === '' ? event : { job, ...event });
  }

  async saveCheckpoint(job: string, name: CheckpointName, state: TrainingState): Promise<void> {
    const file = this.#checkpoint(job, name);
    this.#options.beforeWrite?.();
    const keepPrevious = () => moveIfThere(file, this.#checkpoint(job, 'previous'));
    await writeFileAtomic(file, encodeTrainingState(state), name === 'last' ? keepPrevious : undefined);
  }

  async loadCheckpoint(job: string, name: CheckpointName): Promise<TrainingState | undefined> {
    const file = this.#checkpoint(job, name);
    const found = await readCheckpoint(file);
    if (found !== undefined && !EquipoiseError.isInstance(found)) return found;
    const previous = name === 'last' ? await readCheckpoint(this.#checkpoint(job, 'previous')) : undefined;
    if (previous !== undefined && !EquipoiseError.isInstance(previous)) {
      await this.#warn(
        job,
        `${found?.message ?? `${file} is missing.`} Going on from the checkpoint before it, of step ${previous.step}.`,
      );
      return previous;
    }
    if (found === undefined && previous === undefined) return undefined;
    const [damage] = [found, previous].filter((one) => one !== undefined);
    throw new StorageError(
      `Corrupted checkpoint: ${damage?.message} No other checkpoint of ${job} can take its place; remove the file to train anew.`,
      { path: file, job },
      damage,
    );
  }

  #checkpoint(job: string, name: CheckpointName | 'previous'): string {
    return pathInRun(this.#folder, `${runFiles.checkpoints}/${job}/${name}.safetensors`);
  }

  async #warn(job: string, message: string): Promise<void> {
    this.#options.onWarning?.(message);
    await this.appendEvent(job, { type: 'warning', code: 'CHECKPOINT_REPLACED', message });
  }
}

/**
 * Keeps a run in a folder: values as JSON files, `events.jsonl`, and `checkpoints/<job>/<name>.safetensors`.
 *
 * Each file is replaced atomically. A `last` checkpoint is kept until the one after the next, as `previous`; if `last`
 * is damaged, `previous` takes its place, with a warning. Nothing is locked: see `openRun`.
 *
 * @param folder the run's folder; made with the first write
 */
export function createFolderStorage(folder: string, options: FolderStorageOptions = {}): RunStorage {
  return new FolderStorage(folder, options);
}
