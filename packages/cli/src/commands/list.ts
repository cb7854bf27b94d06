import type { ComponentEntry } from '@equipoise/core';
import type { Command } from 'commander';
import { itemList, type Item, type Output } from '../output.js';
import { examples, kindOf, kinds, registryOf, withCommonOptions, type CommonOptions } from './common.js';

function sections(entries: readonly ComponentEntry[], width: number): string {
  const itemsOf = (kind: string) =>
    entries.filter((entry) => entry.kind === kind).map(({ name, description }): Item => [name, description]);
  return kinds
    .map((kind) => ({ kind, items: itemsOf(kind) }))
    .filter(({ items }) => items.length > 0)
    .map(({ kind, items }) => `${kind}\n${itemList(items, width)}`)
    .join('\n\n');
}

/** Adds `equipoise list`. */
export function addList(program: Command, output: Output): void {
  const command = program
    .command('list')
    .summary('list the components that experiments can use')
    .description('List the components that experiments can use.')
    .argument('[kind]', `only this kind: ${kinds.join(', ')}`)
    .addHelpText('after', examples('list', 'list loss --json', 'list loss --plugin ./my-loss'));
  withCommonOptions(command).action(async (kind: string | undefined, options: CommonOptions) => {
    const registry = await registryOf(options);
    const entries = registry.list(kind === undefined ? undefined : kindOf(kind));
    if (options.json) return output.out(JSON.stringify(entries));
    if (entries.length === 0) return output.out(`There is no ${kind}; a plugin may bring one: --plugin <module>.`);
    return output.out(`${sections(entries, output.width)}\n\nequipoise show <kind> <name> shows the options of one.`);
  });
}
