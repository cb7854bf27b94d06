import type { Command } from 'commander';
import { resolve } from 'node:path';
import { scaffold } from '../scaffold/scaffold.js';
import type { Output } from '../output.js';
import { kindOf } from './common.js';

/** Adds `equipoise new`. */
export function addNew(program: Command, output: Output): void {
  program
    .command('new')
    .description('Write a plugin package with one component that works, tests and a README.')
    .argument('<kind>', 'dataset, model, loss, attack, trainer or analysis')
    .argument('<name>', 'name of the component: lower-case words joined by hyphens')
    .option('--folder <folder>', 'where to write it; by default ./<name>')
    .option('--package <name>', 'name of the package; by default equipoise-plugin-<name>')
    .addHelpText(
      'after',
      '\nExample:\n  $ equipoise new loss my-loss\n  $ cd my-loss && npm install && npm test && npm run check',
    )
    .action(async (kind: string, name: string, options: { readonly folder?: string; readonly package?: string }) => {
      const folder = resolve(options.folder ?? name);
      const files = await scaffold({
        kind: kindOf(kind),
        name,
        folder,
        packageName: options.package ?? `equipoise-plugin-${name}`,
      });
      output.out(`Wrote ${files.length} files to ${folder}:`);
      for (const file of files) output.out(`  ${file}`);
      output.out(`\nNext:\n  cd ${options.folder ?? name}\n  npm install\n  npm test\n  npm run check`);
    });
}
