import type { Registry } from '@equipoise/core';
import type { AnyComponent, Kind } from '@equipoise/spec';
import { kindGuards, suggestion } from '@equipoise/kit';
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

/** The help of `--json`. */
export const jsonHelp = 'print JSON on standard output, and nothing else there';

/** Adds `--plugin`, which may be given several times. */
export function withPlugins(command: Command): Command {
  return command.option(
    '--plugin <module>',
    'also use this plugin: a folder, a file or the name of an installed package; may be repeated',
    (name: string, names: readonly string[] = []) => [...names, name],
  );
}

/** Adds `--plugin` and `--json`. */
export function withCommonOptions(command: Command): Command {
  return withPlugins(command).option('--json', jsonHelp);
}

/** The registry with the plugins that were named. */
export async function registryOf({ plugin = [] }: CommonOptions): Promise<Registry<AnyComponent>> {
  const loaded = await Promise.all(plugin.map((name) => loadPlugin(name)));
  return commandRegistry(loaded.map((one) => one.plugin));
}

/** A word as a kind. */
export function kindOf(word: string): Kind {
  if ((kinds as string[]).includes(word)) return word as Kind;
  const meant = suggestion(word, kinds);
  const hint = meant === undefined ? '' : ` Did you mean "${meant}"?`;
  throw usageError(`There is no kind "${word}".${hint} Kinds: ${kinds.join(', ')}.`, { given: word, available: kinds });
}

/** The examples below a command's help. */
export function examples(...lines: readonly string[]): string {
  return ['', lines.length === 1 ? 'Example:' : 'Examples:', ...lines.map((line) => `  $ equipoise ${line}`)].join(
    '\n',
  );
}
