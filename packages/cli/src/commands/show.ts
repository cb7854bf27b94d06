import type { AnyRegistry, ComponentDescription } from '@equipoise/core';
import { suggestion } from '@equipoise/kit';
import type { Command } from 'commander';
import { usageError } from '../failure.js';
import { itemList, wrap, type Output } from '../output.js';
import { examples, kindOf, kinds, registryOf, withCommonOptions, type CommonOptions } from './common.js';
import { optionItems } from './option-items.js';
import { isRun, readRun, runText } from './show-run.js';

function componentText(component: ComponentDescription, width: number): string {
  const { kind, name, description, pluginId, optionsSchema, example } = component;
  const items = optionsSchema === undefined ? undefined : optionItems(optionsSchema);
  const options =
    items === undefined
      ? 'The schema of its options cannot be shown.'
      : items.length === 0
        ? 'No options.'
        : `Options:\n${itemList(items, width)}`;
  const sample = Object.keys(example as object).length === 0 ? { use: name } : { use: name, options: example };
  return [
    `${kind} "${name}", of ${pluginId}`,
    wrap(description, width),
    '',
    options,
    '',
    `In an experiment: ${JSON.stringify(sample)}`,
  ].join('\n');
}

/** The component of a name, whatever its kind. */
function byName(registry: AnyRegistry, word: string): ComponentDescription {
  const entries = registry.list();
  const named = entries.filter(({ name }) => name === word);
  const [only] = named;
  if (only && named.length === 1) return registry.describe(only.kind, only.name);
  if (only)
    throw usageError(
      `"${word}" is the name of several components. Say which kind: ${named.map(({ kind }) => `show ${kind} ${word}`).join(', ')}.`,
    );
  if ((kinds as string[]).includes(word))
    throw usageError(`"${word}" is a kind. Add a name; equipoise list ${word} shows the names.`);
  const meant = suggestion(
    word,
    entries.map(({ name }) => name),
  );
  throw usageError(
    `${word} is neither a run folder nor the name of a component.${meant === undefined ? '' : ` Did you mean "${meant}"?`} ` +
      'equipoise list shows the components.',
    { given: word },
  );
}

/** Adds `equipoise show`. */
export function addShow(program: Command, output: Output): void {
  const command = program
    .command('show')
    .summary('show a component with its options, or what a run folder holds')
    .description('Show a component with its options, or what a run folder holds.')
    .argument('<what>', 'a kind, the name of a component, or a run folder')
    .argument('[name]', 'the name of a component, after its kind')
    .addHelpText('after', examples('show loss fcl', 'show fcl --json', 'show runs/fcl-synthetic-mnist'));
  withCommonOptions(command).action(async (what: string, name: string | undefined, options: CommonOptions) => {
    if (name === undefined && (await isRun(what))) {
      const run = await readRun(what);
      return output.out(options.json ? JSON.stringify(run) : runText(run, output.width));
    }
    const registry = await registryOf(options);
    const component = name === undefined ? byName(registry, what) : registry.describe(kindOf(what), name);
    return output.out(options.json ? JSON.stringify(component) : componentText(component, output.width));
  });
}
