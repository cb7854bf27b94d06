import { join, resolve } from 'node:path';
import { activateBackend, planJobs, type ActiveBackend, type Experiment } from '@equipoise/core';
import { describeEnvironment, openRun, renderTerminal, runFiles } from '@equipoise/core/node';
import { EquipoiseError } from '@equipoise/spec';
import { InvalidArgumentError, type Command } from 'commander';
import { isInterruption, usageError } from '../failure.js';
import type { Output } from '../output.js';
import { execute, workerCount } from '../run/execute.js';
import { interruption } from '../run/interruption.js';
import { progressView } from '../run/progress-view.js';
import { readExperiment } from '../run/read-experiment.js';
import { examples, registryOf, withCommonOptions, type CommonOptions } from './common.js';

interface RunOptions extends CommonOptions {
  readonly profile?: string;
  readonly full?: boolean;
  readonly folder?: string;
  readonly resume?: boolean;
  readonly force?: boolean;
  readonly backend?: string;
  readonly workers?: number;
  readonly seeds?: readonly number[];
  readonly dataDir?: string;
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

function plan(experiment: Experiment, active: ActiveBackend, workers: number): string {
  const trainings = planJobs(experiment).length - 1;
  const how = workers === 1 ? 'one after the other' : `${workers} at a time`;
  const what = trainings === 1 ? '1 training' : `${trainings} trainings, ${how}`;
  return `${experiment.title ?? experiment.name}: ${what}, on ${active.name} (${active.device}).`;
}

/** What is said after an error that leaves a run to go on with. */
function howToGoOn(error: unknown, file: string, options: RunOptions): string | undefined {
  const resumable = ['EQUIPOISE_STORAGE', 'EQUIPOISE_WORKER_DIED'].some((code) =>
    EquipoiseError.isInstance(error, code),
  );
  if (!resumable && !isInterruption(error)) return undefined;
  return `What is done is kept. To go on: equipoise run ${[file, ...resumeFlags(options)].map(quoted).join(' ')}`;
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

async function runFile(file: string, options: RunOptions, output: Output): Promise<void> {
  const { profile = options.full ? 'full' : undefined, backend, seeds } = options;
  const mode = modeOf(options);
  if (options.dataDir !== undefined) process.env['EQUIPOISE_DATA_DIR'] = resolve(options.dataDir);
  const registry = await registryOf(options);
  const experiment = await readExperiment(file, registry, { profile, backend, seeds });
  const active = await activateBackend(registry, experiment.backend);
  const workers = workerCount(experiment, active, options.workers);
  const run = await openRun({
    folder: folderOf(experiment, profile, options.folder),
    config: experiment,
    mode,
    environment: describeEnvironment({
      backend: active.name,
      packages: ['@equipoise/cli', '@tensorflow/tfjs-core'],
    }),
    onWarning: (message) => output.note(`Warning: ${message}`),
  });
  output.note(`${plan(experiment, active, workers)}\nFolder: ${run.folder}`);
  const view = progressView(planJobs(experiment), output);
  const { signal, release } = interruption(() =>
    view.note('Stopping at the next safe point; press Ctrl-C again to stop at once.'),
  );
  try {
    const execution = { experiment, registry, run, active, workers, plugins: options.plugin ?? [], view, signal };
    const report = await execute(execution).finally(view.stop);
    output.out(
      options.json ? JSON.stringify(report) : renderTerminal(report, { width: output.width, color: output.color }),
    );
    output.note(`Page: ${join(run.folder, runFiles.page)}`);
  } catch (error) {
    const hint = howToGoOn(error, file, options);
    if (hint !== undefined) output.note(hint);
    throw error;
  } finally {
    release();
    await run.close();
  }
}

/** The options of this call, with `--resume` in the place of `--force`. */
function resumeFlags({ profile, full, folder, backend, workers, seeds, dataDir, plugin = [] }: RunOptions): string[] {
  return [
    ...(profile === undefined ? [] : ['--profile', profile]),
    ...(full ? ['--full'] : []),
    ...(folder === undefined ? [] : ['--folder', folder]),
    ...(backend === undefined ? [] : ['--backend', backend]),
    ...(workers === undefined ? [] : ['--workers', String(workers)]),
    ...(seeds === undefined ? [] : ['--seeds', seeds.join(',')]),
    ...(dataDir === undefined ? [] : ['--data-dir', dataDir]),
    ...plugin.flatMap((name) => ['--plugin', name]),
    '--resume',
  ];
}

/** Adds `equipoise run`. */
export function addRun(program: Command, output: Output): void {
  const command = program
    .command('run')
    .summary('run an experiment and write its report')
    .description(
      'Run an experiment: train every row, analyse, compare, write a report. Ctrl-C stops at the next safe point; ' +
        '--resume goes on from there to the same results.',
    )
    .argument('<experiment>', 'a JSON file')
    .option('--profile <name>', 'with the changes of this profile of the experiment')
    .option('--full', 'the same as --profile full')
    .option('--folder <folder>', 'the run folder; by default runs/<name of the experiment>')
    .option('--resume', 'go on with the run in the folder')
    .option('--force', 'replace the run in the folder')
    .option('--backend <name>', 'what computes: auto, or a name of equipoise backend list')
    .option(
      '--workers <n>',
      'how many trainings run side by side, in threads; by default one a core; does not change results',
      wholeNumber,
    )
    .option('--seeds <list>', 'other seeds, such as 1,2,3', wholeNumbers)
    .option('--data-dir <folder>', 'where data sets lie that are not to be downloaded; also EQUIPOISE_DATA_DIR')
    .addHelpText(
      'after',
      examples(
        'run examples/fcl-synthetic-mnist.json',
        'run examples/fcl-synthetic-mnist.json --full --resume',
        'run mine.json --plugin ./my-loss --seeds 1,2,3 --folder runs/mine',
      ),
    );
  withCommonOptions(command).action((file: string, options: RunOptions) => runFile(file, options, output));
}
