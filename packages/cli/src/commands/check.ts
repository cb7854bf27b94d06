import { activateBackend } from '@equipoise/core';
import { pluginChecks, runChecks, type PluginCheckOptions } from '@equipoise/conformance';
import { EquipoiseError } from '@equipoise/spec';
import type { Command } from 'commander';
import { loadPlugin } from '../load-plugins.js';
import { indent, type Output } from '../output.js';
import { commandRegistry } from '../registry.js';
import { examples, jsonHelp } from './common.js';

/** Adds `equipoise check`. */
export function addCheck(program: Command, output: Output): void {
  program
    .command('check')
    .summary('check a plugin against the contracts')
    .description(
      'Check a plugin against the contracts. Its module exports `plugin`, and may export `conformance`: what the checks ' +
        'need to know about single components.',
    )
    .argument('<plugin>', 'a folder with a package.json, a file, or the name of an installed package')
    .option('--backend <name>', 'what computes', 'cpu')
    .option('--json', jsonHelp)
    .addHelpText('after', examples('check ./my-loss', 'check @equipoise/loss-fcl --backend wasm'))
    .action(async (name: string, options: { readonly backend: string; readonly json?: boolean }) => {
      const { plugin, exports } = await loadPlugin(name);
      await activateBackend(commandRegistry(), options.backend);
      const results = await runChecks(pluginChecks(plugin, exports['conformance'] as PluginCheckOptions | undefined));
      const failed = results.filter(({ passed }) => !passed);
      if (options.json) output.out(JSON.stringify(results));
      else {
        for (const { id, title, passed, message } of results) {
          output.out(`${passed ? 'ok  ' : 'FAIL'} ${id}: ${title}`);
          if (message !== undefined) output.out(indent(message, 5));
        }
        output.out(`${results.length - failed.length} passed, ${failed.length} failed`);
      }
      if (failed.length > 0) {
        throw new EquipoiseError(
          'EQUIPOISE_CHECKS_FAILED',
          `${plugin.id} fails ${failed.length} of ${results.length} checks.`,
          { details: { failed: failed.map(({ id }) => id) } },
        );
      }
    });
}
