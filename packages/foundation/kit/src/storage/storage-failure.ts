import { StorageError } from '@equipoise/spec';

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  EMFILE: 'too many files are open',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EISDIR: 'it is a folder',
  ENAMETOOLONG: 'the name is too long',
};

/** The code of an error of the operating system, such as `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

/**
 * Makes a readable error of one of the operating system.
 *
 * @param action what could not be done, such as `write`
 * @param path the file or folder
 * @param cause the error of the operating system
 * @param kept what is still intact, one sentence
 */
export function storageFailure(action: string, path: string, cause: unknown, kept = ''): StorageError {
  if (StorageError.isInstance(cause)) return cause;
  const code = errorCode(cause);
  const reason = reasons[code ?? ''] ?? (cause instanceof Error ? cause.message : String(cause));
  const advice = code === 'ENOSPC' || code === 'EDQUOT' ? 'Free some space and go on where it stopped.' : '';
  const message = [`Could not ${action} ${path}: ${reason}.`, kept, advice].filter(Boolean).join(' ');
  return new StorageError(message, { action, path, ...(code === undefined ? {} : { code }) }, cause);
}
