import { experimentJsonSchema } from '@equipoise/core';
import type { Command } from 'commander';
import type { Output } from '../output.js';
import { examples, registryOf, withPlugins, type CommonOptions } from './common.js';

/** Adds `equipoise schema`. */
export function addSchema(program: Command, output: Output): void {
  const command = program
    .command('schema')
    .summary('print the JSON Schema of experiments')
    .description(
      'Print the JSON Schema (2020-12) of experiments: every component with its options. Editors complete and check ' +
        'experiments by it: write it to a file and name that file as "$schema" in the experiment.',
    )
    .addHelpText('after', examples('schema > experiment.schema.json', 'schema --plugin ./my-loss'));
  withPlugins(command).action(async (options: CommonOptions) => {
    output.out(JSON.stringify(experimentJsonSchema(await registryOf(options)), undefined, 2));
  });
}
