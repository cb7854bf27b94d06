import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { lock } from 'proper-lockfile';
import { installFailure } from './failure.js';

/** After so many milliseconds without a sign of life, a lock belongs to a process that was killed. */
const stale = 15_000;

/** Does something while no other process can do the same in this folder. */
export async function withLock<T>(folder: string, use: () => Promise<T>): Promise<T> {
  await mkdir(folder, { recursive: true });
  const release = await take(folder);
  try {
    return await use();
  } finally {
    await release().catch(() => undefined);
  }
}

async function take(folder: string): Promise<() => Promise<void>> {
  try {
    return await lock(folder, {
      lockfilePath: join(folder, '.lock'),
      stale,
      update: 3_000,
      onCompromised: () => undefined,
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
    throw installFailure(
      'lock',
      `Another process is installing into ${folder}. Wait until it is done. (If it was killed: the lock opens by itself after ${stale / 1000} seconds.)`,
      { folder },
    );
  }
}
