import { createRequire } from 'node:module';
import { Command } from 'commander';
import { addAttack } from './commands/attack.js';
import { addBackend } from './commands/backend.js';
import { addCheck } from './commands/check.js';
import { addEvaluate } from './commands/evaluate.js';
import { addList } from './commands/list.js';
import { addNew } from './commands/new.js';
import { addReport } from './commands/report.js';
import { addRun } from './commands/run.js';
import { addSchema } from './commands/schema.js';
import { addShow } from './commands/show.js';
import type { Output } from './output.js';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

/** The command with its subcommands. */
export function createProgram(output: Output): Command {
  const program = new Command('equipoise')
    .description('Robust representation learning: experiments, components, backends.')
    .version(version)
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => output.out(text.trimEnd()),
      writeErr: (text) => output.note(text.trimEnd()),
      outputError: () => undefined,
      getOutHelpWidth: () => output.width,
      getErrHelpWidth: () => output.width,
    })
    .addHelpText(
      'after',
      [
        '',
        'Examples:',
        '  $ equipoise run examples/fcl-synthetic-mnist.json',
        '  $ equipoise evaluate runs/fcl-synthetic-mnist --attack pgd',
        '  $ equipoise list loss',
        '  $ equipoise show loss fcl',
        '  $ equipoise new loss my-loss',
        '',
        'equipoise <command> --help shows the options of a command, with examples.',
        'Exit codes: 0 success, 1 failure, 2 wrong use, 130 interrupted.',
      ].join('\n'),
    );
  for (const add of [
    addRun,
    addEvaluate,
    addAttack,
    addList,
    addShow,
    addReport,
    addBackend,
    addCheck,
    addSchema,
    addNew,
  ])
    add(program, output);
  for (const command of program.commands) command.copyInheritedSettings(program);
  return program;
}
