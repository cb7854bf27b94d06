import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { renderHtml, validateReport } from '@equipoise/core';
import { renderTerminal, runFiles, runStatus, writeFileAtomic } from '@equipoise/core/node';
import { StorageError, type Report } from '@equipoise/spec';
import type { Command } from 'commander';
import { usageError } from '../failure.js';
import type { Output } from '../output.js';
import { examples, jsonHelp } from './common.js';

async function readReport(folder: string): Promise<Report> {
  const status = await runStatus(folder);
  if (status === 'unfinished run')
    throw usageError(`${folder} holds a run that is not finished. Finish it with equipoise run … --resume.`);
  if (status === 'nothing') throw usageError(`There is no run in ${folder}.`);
  if (status !== 'finished run') throw usageError(`${folder} is not a run folder.`);
  const path = join(folder, runFiles.report);
  try {
    return validateReport(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    const advice = 'Remove it and finish the run with equipoise run … --resume.';
    throw new StorageError(`${path} is damaged: ${(error as Error).message} ${advice}`, { path }, error);
  }
}

/** Adds `equipoise report`. */
export function addReport(program: Command, output: Output): void {
  program
    .command('report')
    .summary('show the report of a finished run')
    .description('Show the report of a finished run, and write its page anew.')
    .argument('<run>', 'the run folder')
    .option('--html <file>', 'where to write the page; by default report.html in the run folder')
    .option('--json', `${jsonHelp}; write no page`)
    .addHelpText(
      'after',
      examples('report runs/fcl-synthetic-mnist', 'report runs/fcl-synthetic-mnist --html page.html'),
    )
    .action(async (folder: string, options: { readonly html?: string; readonly json?: boolean }) => {
      const report = await readReport(folder);
      if (options.json) return output.out(JSON.stringify(report));
      const page = resolve(options.html ?? join(folder, runFiles.page));
      await writeFileAtomic(page, await renderHtml(report));
      output.out(renderTerminal(report, { width: output.width, color: output.color }));
      return output.note(`Page: ${page}`);
    });
}
