import type { Registry } from '@equipoise/core';
import type { AnyComponent, Kind } from '@equipoise/spec';
import { kindGuards } from '@equipoise/kit';
import type { Command } from 'commander';
import { usageError } from '../failure.js';
import { loadPlugin } from '../load-plugins.js';
import { commandRegistry } from '../registry.js';

/** The kinds of components, for help and for checks. */
export const kinds = Object.keys(kindGuards) as Kind[];

/** Options that several commands have. */
export interface CommonOptions {
  readonly plugin?: readonly string[];
  readonly json?: boolean;
}

/** Adds `--plugin` and `--json`. */
export function withCommonOptions(command: Command): Command {
  return command
    .option('--plugin <module...>', 'also use this plugin: a folder, a file or the name of an installed package')
    .option('--json', 'print JSON for programs');
}

/** The registry with the plugins that were named. */
export async function registryOf({ plugin = [] }: CommonOptions): Promise<Registry<AnyComponent>> {
  const loaded = await Promise.all(plugin.map((name) => loadPlugin(name)));
  return commandRegistry(loaded.map((one) => one.plugin));
}

/** A word as a kind. */
export function kindOf(word: string): Kind {
  if ((kinds as string[]).includes(word)) return word as Kind;
  const singular = word.replace(/(es|s)$/, '');
  const meant = kinds.find((kind) => kind === singular || word.startsWith(kind));
  const hint = meant === undefined ? '' : ` Did you mean "${meant}"?`;
  throw usageError(`There is no kind "${word}".${hint} Kinds: ${kinds.join(', ')}.`, { given: word, available: kinds });
}
