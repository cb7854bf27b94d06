import type { TrainingState } from '@equipoise/spec';
import type { RunStorage } from './storage.js';

/** A run kept in memory, for browsers and tests. */
export interface MemoryStorage extends RunStorage {
  /** The events so far, each with its job. */
  readonly events: readonly Readonly<Record<string, unknown>>[];
}

/**
 * Makes a storage that forgets everything when the program ends.
 *
 * Values are copied on the way in and out, as a storage on disk would do.
 */
export function createMemoryStorage(): MemoryStorage {
  const values = new Map<string, string>();
  const checkpoints = new Map<string, TrainingState>();
  const events: Readonly<Record<string, unknown>>[] = [];
  return {
    events,
    readJson: async (path) => {
      const text = values.get(path);
      return text === undefined ? undefined : (JSON.parse(text) as unknown);
    },
    writeJson: async (path, value) => {
      values.set(path, JSON.stringify(value));
    },
    appendEvent: async (job, event) => {
      events.push({ job, ...event });
    },
    saveCheckpoint: async (job, name, state) => {
      checkpoints.set(`${job}/${name}`, structuredClone(state));
    },
    loadCheckpoint: async (job, name) => structuredClone(checkpoints.get(`${job}/${name}`)),
  };
}
