import { type PartialStorage, StorageError } from '@equipoise/spec';
import type { RunStorage } from './storage.js';

const validName = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/**
 * Keeps partial results in a run, as `partial/<scope>/<name>.json`.
 *
 * @param storage where the run is kept
 * @param scope path of the component within the run, with forward slashes; one for each component, configuration and seed
 */
export function createPartialStorage(
  storage: Pick<RunStorage, 'readJson' | 'writeJson'>,
  scope: string,
): PartialStorage {
  const pathOf = (name: string) => {
    if (validName.test(name)) return `partial/${scope}/${name}.json`;
    throw new StorageError(
      `"${name}" cannot name a partial result; expected lower-case words and numbers joined by hyphens.`,
      { name },
    );
  };
  return {
    load: async (name) => storage.readJson(pathOf(name)),
    save: async (name, value) => storage.writeJson(pathOf(name), value),
  };
}
