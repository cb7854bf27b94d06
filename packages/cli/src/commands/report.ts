import { renderHtml, validateReport } from '@equipoise/core';
import { renderTerminal, runFiles, runStatus, writeFileAtomic } from '@equipoise/core/node';
import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { usageError } from '../failure.js';
import type { Output } from '../output.js';

/** Adds `equipoise report`. */
export function addReport(program: Command, output: Output): void {
  program
    .command('report')
    .description('Show the report of a finished run, and write its page anew.')
    .argument('<run>', 'the run folder')
    .option('--html <file>', 'where to write the page; by default report.html in the run folder')
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  $ equipoise report runs/fcl-synthetic-mnist\n  $ equipoise report runs/fcl-synthetic-mnist --html page.html',
    )
    .action(async (folder: string, options: { readonly html?: string; readonly json?: boolean }) => {
      const status = await runStatus(folder);
      if (status === 'unfinished run')
        throw usageError(`${folder} holds a run that is not finished. Finish it with equipoise run … --resume.`);
      if (status !== 'finished run') throw usageError(`${folder} is not a run folder.`);
      const report = validateReport(JSON.parse(await readFile(join(folder, runFiles.report), 'utf8')));
      if (options.json) return output.out(JSON.stringify(report));
      const page = resolve(options.html ?? join(folder, runFiles.page));
      await writeFileAtomic(page, await renderHtml(report));
      output.out(renderTerminal(report, { width: output.width, color: output.color }));
      return output.note(`Page: ${page}`);
    });
}
