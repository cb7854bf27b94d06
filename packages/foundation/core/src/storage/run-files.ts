import { join } from 'node:path';
import { StorageError } from '@equipoise/spec';

/** The names of what a run's folder holds. */
export const runFiles = {
  config: 'config.json',
  environment: 'environment.json',
  events: 'events.jsonl',
  jobs: 'jobs',
  checkpoints: 'checkpoints',
  partial: 'partial',
  report: 'report.json',
  page: 'report.html',
} as const;

const validPart = /^[^<>:"\\|?*\u0000-\u001f]*[^<>:"\\|?*\u0000-\u001f. ]$/;

/**
 * The path of something inside a run's folder.
 *
 * @param folder the run's folder
 * @param path relative, with forward slashes
 * @throws `StorageError` if the path leads out of the folder, or has a name that some operating system cannot keep
 */
export function pathInRun(folder: string, path: string): string {
  const parts = path.split('/');
  if (!parts.every((part) => validPart.test(part))) {
    throw new StorageError(
      `"${path}" cannot name a file of a run: its parts, between slashes, must be neither empty nor end with a point or ` +
        'a blank nor contain any of < > : " \\ | ? *.',
      { path },
    );
  }
  return join(folder, ...parts);
}
