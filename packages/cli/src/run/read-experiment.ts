import { readFile } from 'node:fs/promises';
import { parseExperiment, resolveExperiment, type AnyRegistry, type Experiment } from '@equipoise/core';
import { usageError } from '../failure.js';

/** What the command line changes of an experiment. */
export interface ExperimentChanges {
  /** A profile of the experiment. */
  readonly profile?: string | undefined;
  readonly backend?: string | undefined;
  readonly workers?: number | undefined;
  readonly seeds?: readonly number[] | undefined;
}

/** Reads an experiment file, checks all of it, and applies what the command line says. */
export async function readExperiment(
  file: string,
  registry: AnyRegistry,
  changes: ExperimentChanges,
): Promise<Experiment> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw usageError(
      error.code === 'ENOENT' ? `There is no file ${file}.` : `${file} cannot be read: ${error.message}`,
      { file },
    );
  });
  const { profile, ...given } = changes;
  const resolved = resolveExperiment(parseExperiment(text, registry), profile);
  const overrides = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return Object.keys(overrides).length === 0 ? resolved : parseExperiment({ ...resolved, ...overrides }, registry);
}
