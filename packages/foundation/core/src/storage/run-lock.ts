import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, storageFailure } from '@equipoise/kit/node';
import { StorageError } from '@equipoise/spec';
import type { LockOptions } from 'proper-lockfile';

/** After so many milliseconds without a sign of life, a lock belongs to a process that was killed. */
const stale = 15_000;
const update = 3_000;

const ownedHere = new Set<string>();

/** A lock on a run's folder. */
export interface RunLock {
  /** Throws a `StorageError` if another process has taken the lock over. */
  check(): void;
  /** Gives the lock back. */
  release(): Promise<void>;
}

const lockPath = (folder: string) => join(folder, '.lock');
const ownerPath = (folder: string) => join(folder, '.lock-owner');

/** The process that took the lock, if it seems to be running. */
async function runningOwner(folder: string): Promise<number | undefined> {
  const id = Number(await readFile(ownerPath(folder), 'utf8').catch(() => ''));
  if (!Number.isInteger(id) || id <= 0) return undefined;
  if (id === process.pid) return ownedHere.has(folder) ? id : undefined;
  try {
    process.kill(id, 0);
    return id;
  } catch (error) {
    return errorCode(error) === 'EPERM' ? id : undefined;
  }
}

function lockedError(folder: string, owner: number | undefined, cause: unknown): StorageError {
  const who = owner === undefined ? 'Another process' : `Process ${owner}`;
  return new StorageError(
    `${who} is writing the run in ${folder}. Wait until it is done, or use another folder. ` +
      `(If it was killed: the lock opens by itself after ${stale / 1000} seconds.)`,
    { folder, ...(owner === undefined ? {} : { process: owner }) },
    cause,
  );
}

/**
 * Takes the lock of a run's folder, so that no other process writes it.
 *
 * The lock of a process that was killed opens after 15 seconds; if its owner is not running any more, waits for that.
 *
 * @param folder an existing folder
 * @param onWait is told why it takes a while
 * @throws `StorageError` if another process has the lock
 */
export async function lockRun(folder: string, onWait: (message: string) => void): Promise<RunLock> {
  const { lock } = await import('proper-lockfile');
  let lost: Error | undefined;
  const options: LockOptions = {
    lockfilePath: lockPath(folder),
    stale,
    update,
    onCompromised: (error) => (lost = error),
  };
  const take = async (retries: number) => {
    try {
      return await lock(folder, { ...options, retries: { retries, factor: 1, minTimeout: 500, maxTimeout: 500 } });
    } catch (error) {
      if (errorCode(error) === 'ELOCKED') return undefined;
      throw storageFailure('lock', folder, error);
    }
  };
  let free = await take(0);
  if (free === undefined) {
    const owner = await runningOwner(folder);
    if (owner !== undefined) throw lockedError(folder, owner, undefined);
    onWait(
      `The process that wrote ${folder} has ended without giving back its lock; waiting up to ${stale / 1000} seconds.`,
    );
    free = await take(Math.ceil(stale / 500) + 2);
  }
  if (free === undefined) throw lockedError(folder, undefined, undefined);
  const release = free;
  ownedHere.add(folder);
  await writeFile(ownerPath(folder), String(process.pid));
  return {
    check: () => {
      if (lost !== undefined) throw lockedError(folder, undefined, lost);
    },
    release: async () => {
      ownedHere.delete(folder);
      if (lost !== undefined) return;
      await rm(ownerPath(folder), { force: true });
      await release();
    },
  };
}
