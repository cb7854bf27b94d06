import { EquipoiseError, StorageError } from '@equipoise/spec';

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EACCES: 'permission denied',
  EROFS: 'the file system is read-only',
};

/** Code of an error of the operating system, such as `ENOENT`. */
export const errorCode = (error: unknown): string | undefined => (error as { code?: string } | null)?.code;

/**
 * Runs something that writes.
 *
 * @param action what is done, such as `write`
 * @param path the file or folder
 * @param kept what is left and what to do, one sentence
 * @throws StorageError in the place of an error of the operating system; others as they are
 */
export async function writing<T>(action: string, path: string, kept: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    if (EquipoiseError.isInstance(cause)) throw cause;
    const code = errorCode(cause);
    const reason = reasons[code ?? ''] ?? (cause instanceof Error ? cause.message : String(cause));
    throw new StorageError(`Could not ${action} ${path}: ${reason}. ${kept}`, { action, path, code }, cause);
  }
}
