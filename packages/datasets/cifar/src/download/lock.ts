import { setTimeout as wait } from 'node:timers/promises';
import { StorageError } from '@equipoise/spec';
import { lock } from 'proper-lockfile';
import { errorCode, writing } from './storage-failure.js';

/** After so many milliseconds without a sign of life, a lock belongs to a process that was killed. */
const stale = 15_000;

/** What whoever has the lock can do. */
export interface Lock {
  /** Throws a `StorageError` if another process has taken the lock over, since this one was asleep for too long. */
  check(): void;
}

/**
 * Runs something while no other process, and nothing else in this one, has the lock.
 *
 * @param path the lock's own path; its folder must exist
 * @param options `signal` ends the waiting; `onWait` is told once that another process has the lock
 * @throws StorageError if the lock cannot be made; the signal's reason if it is aborted
 */
export async function withLock<T>(
  path: string,
  { signal, onWait }: { readonly signal?: AbortSignal | undefined; onWait(): void },
  run: (held: Lock) => Promise<T>,
): Promise<T> {
  let lost: Error | undefined;
  const options = {
    lockfilePath: path,
    realpath: false,
    stale,
    update: 3_000,
    onCompromised: (error: Error) => void (lost = error),
  };
  const take = () => writing('lock', path, 'Nothing was changed.', () => tryLock(path, options));
  let release = await take();
  if (!release) onWait();
  while (!release) {
    await wait(250, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted());
    release = await take();
  }
  const check = () => {
    if (lost)
      throw new StorageError(`Another process has taken over ${path}; nothing was changed since.`, { path }, lost);
  };
  try {
    return await run({ check });
  } finally {
    if (!lost) await release();
  }
}

async function tryLock(path: string, options: Parameters<typeof lock>[1]): Promise<(() => Promise<void>) | undefined> {
  try {
    return await lock(path, options);
  } catch (error) {
    if (errorCode(error) === 'ELOCKED') return undefined;
    throw error;
  }
}
