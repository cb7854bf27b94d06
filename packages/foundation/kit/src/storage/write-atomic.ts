import { mkdir, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { errorCode, storageFailure } from './storage-failure.js';

let counter = 0;

const temporaryName = /^\..+\.\d+-\d+-\d+\.tmp$/;

/** Makes a rename durable; systems that cannot open a folder (Windows) do without. */
async function syncFolder(folder: string): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(folder, 'r');
    await handle.sync();
  } catch (error) {
    if (!['EPERM', 'EISDIR', 'EINVAL', 'EACCES'].includes(errorCode(error) ?? '')) throw error;
  } finally {
    await handle?.close();
  }
}

async function writeDurably(path: string, content: string | Uint8Array): Promise<void> {
  const handle = await open(path, 'wx');
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Puts content in the place of a file: afterwards the file holds all of the new content, or all of the old one.
 *
 * Writes a temporary file beside it, brings it to disk and renames it. (The library write-file-atomic 6 ignores how many
 * bytes were written, and so would put a cut-off file in place when the disk becomes full.)
 *
 * @param path the file; missing folders are made
 * @param content text or bytes
 * @param beforeRename is called when the new content is safe on disk and the old one still in place
 * @throws `StorageError` that names the file; the old content is intact
 */
export async function writeFileAtomic(
  path: string,
  content: string | Uint8Array,
  beforeRename?: () => Promise<void>,
): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${process.pid}-${threadId}-${(counter += 1)}.tmp`);
  try {
    await mkdir(folder, { recursive: true });
    await writeDurably(temporary, content);
    await beforeRename?.();
    await rename(temporary, path);
    await syncFolder(folder);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw storageFailure('write', path, error, 'What was there before is intact.');
  }
}

/** Removes what killed processes left half written below a folder; nobody may be writing there. */
export async function removeTemporaryFiles(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const leftovers = entries.filter((entry) => entry.isFile() && temporaryName.test(entry.name));
  await Promise.all(leftovers.map((entry) => rm(join(entry.parentPath, entry.name), { force: true })));
}
