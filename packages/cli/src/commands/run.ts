import { join, resolve } from 'node:path';
import { activateBackend, planJobs, type Experiment } from '@equipoise/core';
import { describeEnvironment, openRun, renderTerminal, runFiles } from '@equipoise/core/node';
import { InvalidArgumentError, type Command } from 'commander';
import { isInterruption, usageError } from '../failure.js';
import type { Output } from '../output.js';
import { execute, workerCount } from '../run/execute.js';
import { interruption } from '../run/interruption.js';
import { progressView } from '../run/progress-view.js';
import { readExperiment } from '../run/read-experiment.js';
import { registryOf, withCommonOptions, type CommonOptions } from './common.js';

interface RunOptions extends CommonOptions {
  readonly profile?: string;
  readonly full?: boolean;
  readonly folder?: string;
  readonly resume?: boolean;
  readonly force?: boolean;
  readonly backend?: string;
  readonly workers?: number;
  readonly seeds?: readonly number[];
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a whole number from 1 on.');
}

function wholeNumbers(text: string): number[] {
  if (/^\d+(,\d+)*$/.test(text)) return text.split(',').map(Number);
  throw new InvalidArgumentError('Expected whole numbers, separated by commas: 1,2,3.');
}

function modeOf({ resume, force }: RunOptions): 'new' | 'resume' | 'force' {
  if (resume && force)
    throw usageError('--resume and --force exclude each other: go on with the run, or start it anew.');
  if (resume) return 'resume';
  return force ? 'force' : 'new';
}

function folderOf(experiment: Experiment, profile: string | undefined, folder: string | undefined): string {
  return resolve(folder ?? join('runs', profile === undefined ? experiment.name : `${experiment.name}-${profile}`));
}

async function runFile(file: string, options: RunOptions, output: Output): Promise<void> {
  const { profile = options.full ? 'full' : undefined, backend, workers, seeds } = options;
  const registry = await registryOf(options);
  const experiment = await readExperiment(file, registry, { profile, backend, workers, seeds });
  const mode = modeOf(options);
  const active = await activateBackend(registry, experiment.backend);
  const environment = describeEnvironment({
    backend: active.name,
    packages: ['@equipoise/cli', '@tensorflow/tfjs-core'],
  });
  const folder = folderOf(experiment, profile, options.folder);
  const run = await openRun({
    folder,
    config: experiment,
    mode,
    environment,
    onWarning: (message) => output.note(`Warning: ${message}`),
  });
  try {
    const jobs = planJobs(experiment);
    const trainings = jobs.length - 1;
    output.note(
      `${experiment.title ?? experiment.name}: ${trainings} trainings, ${workerCount(experiment, active)} at a time, on ${active.name} (${active.device}).`,
    );
    output.note(`Folder: ${run.folder}`);
    const view = progressView(jobs, output);
    const { signal, release } = interruption(() =>
      view.note('Stopping at the next safe point; press Ctrl-C again to stop at once.'),
    );
    const report = await execute({
      experiment,
      registry,
      run,
      active,
      plugins: options.plugin ?? [],
      view,
      signal,
    }).finally(() => {
      view.stop();
      release();
    });
    if (options.json) output.out(JSON.stringify(report));
    else output.out(renderTerminal(report, { width: output.width, color: output.color }));
    output.note(`Page: ${join(run.folder, runFiles.page)}`);
  } catch (error) {
    if (isInterruption(error))
      output.note(`What is done is kept. To go on: equipoise run ${[file, ...resumeFlags(options)].join(' ')}`);
    throw error;
  } finally {
    await run.close();
  }
}

/** The options of this call, with `--resume` in the place of `--force`. */
function resumeFlags({ profile, full, folder, backend, workers, seeds, plugin = [] }: RunOptions): string[] {
  return [
    ...(profile === undefined ? [] : ['--profile', profile]),
    ...(full ? ['--full'] : []),
    ...(folder === undefined ? [] : ['--folder', folder]),
    ...(backend === undefined ? [] : ['--backend', backend]),
    ...(workers === undefined ? [] : ['--workers', String(workers)]),
    ...(seeds === undefined ? [] : ['--seeds', seeds.join(',')]),
    ...plugin.flatMap((name) => ['--plugin', name]),
    '--resume',
  ];
}

/** Adds `equipoise run`. */
export function addRun(program: Command, output: Output): void {
  const command = program
    .command('run')
    .description('Run an experiment: train every row, analyse, compare, write a report.')
    .argument('<experiment>', 'a JSON file')
    .option('--profile <name>', 'a profile of the experiment')
    .option('--full', 'the same as --profile full')
    .option('--folder <folder>', 'the run folder; by default runs/<name of the experiment>')
    .option('--resume', 'go on with the run in the folder')
    .option('--force', 'replace the run in the folder')
    .option('--backend <name>', 'what computes: auto, or a name of equipoise backend list')
    .option('--workers <n>', 'how many trainings run side by side', wholeNumber)
    .option('--seeds <list>', 'other seeds, such as 1,2,3', wholeNumbers)
    .addHelpText(
      'after',
      '\nExamples:\n  $ equipoise run examples/fcl-synthetic-mnist.json\n  $ equipoise run examples/fcl-synthetic-mnist.json --full --resume',
    );
  withCommonOptions(command).action((file: string, options: RunOptions) => runFile(file, options, output));
}
