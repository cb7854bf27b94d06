import { readFile } from 'node:fs/promises';
import { parseExperiment, resolveExperiment, type AnyRegistry, type Experiment } from '@equipoise/core';
import { runStatus } from '@equipoise/core/node';
import type { EquipoiseError } from '@equipoise/spec';
import { usageError } from '../failure.js';

/** What the command line changes of an experiment. */
export interface ExperimentChanges {
  /** A profile of the experiment. */
  readonly profile?: string | undefined;
  readonly backend?: string | undefined;
  readonly seeds?: readonly number[] | undefined;
}

async function unreadable(file: string, error: NodeJS.ErrnoException): Promise<EquipoiseError> {
  if (error.code === 'ENOENT') return usageError(`There is no file ${file}; expected an experiment's JSON.`, { file });
  if (error.code !== 'EISDIR') return usageError(`${file} cannot be read: ${error.message}.`, { file });
  const isRun = (await runStatus(file)).endsWith(' run');
  const hint = isRun
    ? ` It is a run folder: equipoise report ${file} shows its report; to go on with the run, give the experiment, --folder and --resume.`
    : '';
  return usageError(`${file} is a folder; expected an experiment's JSON file.${hint}`, { file });
}

/** Where in the text the parser stopped, as editors count. */
function placeIn(text: string, message: string): string {
  const [, position] = /at position (\d+)/.exec(message) ?? [];
  if (position === undefined || /\(line \d+/.test(message)) return '';
  const before = text.slice(0, Number(position)).split('\n');
  return ` (line ${before.length}, column ${(before.at(-1) ?? '').length + 1})`;
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const { message } = error as Error;
    throw usageError(`${file} is not JSON: ${message}${placeIn(text, message)}.`, { file });
  }
}

/** Reads an experiment file, checks all of it, and applies what the command line says. */
export async function readExperiment(
  file: string,
  registry: AnyRegistry,
  changes: ExperimentChanges,
): Promise<Experiment> {
  const text = await readFile(file, 'utf8').catch(async (error: NodeJS.ErrnoException) => {
    throw await unreadable(file, error);
  });
  const { profile, ...given } = changes;
  const resolved = resolveExperiment(parseExperiment(parseJson(text, file), registry), profile);
  const overrides = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return Object.keys(overrides).length === 0 ? resolved : parseExperiment({ ...resolved, ...overrides }, registry);
}
