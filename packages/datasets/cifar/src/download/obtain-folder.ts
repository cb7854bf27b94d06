import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { homeFolder } from '@equipoise/kit/node';
import { DataError, type RunContext } from '@equipoise/spec';
import { x as extract } from 'tar';
import type { Archive } from '../definition.js';
import { fetchArchive } from './fetch-archive.js';
import { withLock } from './lock.js';
import { writing } from './storage-failure.js';
import { lengthOf } from './transfer.js';

/** A file that the archive holds. */
export interface ExpectedFile {
  readonly name: string;
  readonly bytes: number;
}

/**
 * The folder of an archive in the cache; downloads and unpacks it if it is not there whole.
 *
 * One process at a time does that; others wait. The folder appears when it is complete, so that a process that was killed
 * leaves nothing that could be taken for it; what it had downloaded is used.
 *
 * @param archive the archive
 * @param files what must be in its folder
 * @param context is told the progress
 * @throws EquipoiseError `EQUIPOISE_DOWNLOAD` if no mirror gives it; StorageError if the cache cannot be written
 */
export async function obtainFolder(
  archive: Archive,
  files: readonly ExpectedFile[],
  context: Pick<RunContext, 'signal' | 'report'>,
): Promise<string> {
  const cache = join(homeFolder(), 'datasets');
  const folder = join(cache, archive.folder);
  if (await isComplete(folder, files)) return folder;
  await writing('make', cache, 'Set EQUIPOISE_HOME to a folder that can be written.', () =>
    mkdir(cache, { recursive: true }),
  );
  const label = `waiting for another process that downloads ${archive.name}`;
  const onWait = () => context.report({ type: 'progress', label, done: 0, total: 1 });
  return withLock(`${folder}.lock`, { signal: context.signal, onWait }, async (held) => {
    if (await isComplete(folder, files)) return folder;
    const path = join(cache, `${archive.name}.part`);
    await fetchArchive(archive, path, context);
    held.check();
    await unpack(path, folder, files);
    return folder;
  });
}

async function isComplete(folder: string, files: readonly ExpectedFile[]): Promise<boolean> {
  const lengths = await Promise.all(files.map(({ name }) => lengthOf(join(folder, name))));
  return files.every(({ bytes }, index) => lengths[index] === bytes);
}

/** Unpacks beside the folder, puts it in its place when it is complete, and deletes the archive. */
async function unpack(path: string, folder: string, files: readonly ExpectedFile[]): Promise<void> {
  const partial = `${folder}.partial`;
  try {
    await writing(
      'unpack',
      path,
      'The archive is kept; free some space or set EQUIPOISE_HOME, and try again.',
      async () => {
        await rm(partial, { recursive: true, force: true });
        await mkdir(partial);
        const wanted = new Set(files.map(({ name }) => name));
        await extract({
          file: path,
          cwd: partial,
          strip: 1,
          strict: true,
          filter: (entry) => wanted.has(basename(entry)),
        });
      },
    );
    if (!(await isComplete(partial, files))) {
      const expected = files.map(({ name, bytes }) => `${name} (${bytes} bytes)`).join(', ');
      throw new DataError(`${path} does not hold what is expected: ${expected}.`, { path, files });
    }
    await writing('write', folder, 'The archive is kept.', async () => {
      await rm(folder, { recursive: true, force: true });
      await rename(partial, folder);
    });
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
  await rm(path, { force: true });
}
