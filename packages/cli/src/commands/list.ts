import type { Command } from 'commander';
import { columns, type Output } from '../output.js';
import { kindOf, registryOf, withCommonOptions, type CommonOptions } from './common.js';

/** Adds `equipoise list`. */
export function addList(program: Command, output: Output): void {
  const command = program
    .command('list')
    .description('List the components that experiments can use.')
    .argument('[kind]', 'only this kind: dataset, model, loss, attack, trainer, analysis, backend')
    .addHelpText('after', '\nExamples:\n  $ equipoise list\n  $ equipoise list loss --json');
  withCommonOptions(command).action(async (kind: string | undefined, options: CommonOptions) => {
    const registry = await registryOf(options);
    const entries = registry.list(kind === undefined ? undefined : kindOf(kind));
    if (options.json) return output.out(JSON.stringify(entries));
    const rows = entries.map((entry) => [entry.kind, entry.name, entry.description, entry.pluginId]);
    return output.out(rows.length === 0 ? 'None.' : columns(['kind', 'name', 'what it is', 'package'], rows));
  });
}
