import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  arrays,
  equipoise,
  errorsIn,
  resultsOf,
  temporaryFolder,
  tinyExperiment,
  troubles,
  writeExperiment,
  type Called,
} from './command.js';

const folder = temporaryFolder();
const good = writeExperiment(folder, tinyExperiment(), 'good.json');
const finished = join(folder, 'finished');
let count = 0;

beforeAll(async () => {
  expect(await equipoise('run', good, '--folder', finished)).toMatchObject({ code: 0 });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function freshFolder(): string {
  return join(folder, `run-${(count += 1)}`);
}

/** Runs an experiment in a folder of its own. */
async function runOf(
  experiment: unknown,
  ...parameters: readonly string[]
): Promise<Called & { readonly run: string }> {
  const run = freshFolder();
  const file = writeExperiment(folder, experiment, `experiment-${count}.json`);
  return { ...(await equipoise('run', file, '--folder', run, ...parameters)), run };
}

/** One error, with its code and no stack; nothing on standard output. */
function expectOneError(called: Called, exitCode: number, code: string, ...says: readonly (string | RegExp)[]): void {
  expect(called.code, called.notes).toBe(exitCode);
  expect(errorsIn(called)).toHaveLength(1);
  expect(called.notes.trimEnd().endsWith(`(${code})`), called.notes).toBe(true);
  expect(called.notes).not.toMatch(/^\s+at .*:\d+:\d+/m);
  for (const one of says) expect(called.notes).toMatch(one);
  expect(called.out).toBe('');
}

const withTrain = (train: unknown) =>
  tinyExperiment({
    dataset: { use: 'arrays', options: { ...arrays, splits: { ...arrays.splits, train } } },
  });

describe('an experiment that cannot be read', () => {
  test('a file that does not exist is named', async () => {
    expectOneError(
      await equipoise('run', join(folder, 'no.json')),
      2,
      'EQUIPOISE_USAGE',
      'no.json',
      'There is no file',
    );
  });

  test('a folder in the place of the file is told as such', async () => {
    expectOneError(await equipoise('run', folder), 2, 'EQUIPOISE_USAGE', folder, 'is a folder');
  });

  test('a run folder in the place of the file: what to call instead', async () => {
    expectOneError(await equipoise('run', finished), 2, 'EQUIPOISE_USAGE', `equipoise report ${finished}`);
  });

  test('text that is not JSON: where it stops to be', async () => {
    const called = await runOf('{\n  "specVersion": 1,\n  oops\n}');
    expectOneError(called, 2, 'EQUIPOISE_USAGE', 'is not JSON', 'line 3, column 3');
  });
});

describe('an experiment that is wrong starts nothing', () => {
  test('an unknown component: what was meant and what there is', async () => {
    const called = await runOf(tinyExperiment({ rows: [{ name: 'a', loss: { use: 'cross-entropi' } }] }));
    expectOneError(
      called,
      2,
      'EQUIPOISE_INVALID_OPTIONS',
      'rows.0.loss.use',
      '"cross-entropi"',
      'Did you mean "cross-entropy"',
      '"fcl"',
    );
    expect(existsSync(called.run)).toBe(false);
  });

  test('an option of the wrong type: its path, what was expected, what was given', async () => {
    const trainer = { use: 'supervised', options: { noise: { sigma: 'much' } } };
    const called = await runOf(tinyExperiment({ trainer }));
    expectOneError(called, 2, 'EQUIPOISE_INVALID_OPTIONS', 'trainer.options.noise.sigma', /expected number/i);
    expect(existsSync(called.run)).toBe(false);
  });

  test('an unknown option: its path, what was meant, what there is', async () => {
    const model = { use: 'mlp', options: { hiden: [4] } };
    const called = await runOf(tinyExperiment({ model }));
    expectOneError(
      called,
      2,
      'EQUIPOISE_INVALID_OPTIONS',
      'model.options',
      '"hiden"',
      'Did you mean "hidden"',
      'inputShape, hidden, classes',
    );
  });

  test('several faults are one error that names them all', async () => {
    const model = { use: 'mpl' };
    const called = await runOf(tinyExperiment({ model, seeds: [1, 1] }));
    expectOneError(called, 2, 'EQUIPOISE_INVALID_OPTIONS', 'model.use', 'seeds.1');
  });

  test('an old version of the format', async () => {
    const called = await runOf(tinyExperiment({ specVersion: 0 }));
    expectOneError(called, 2, 'EQUIPOISE_UNSUPPORTED_SPEC_VERSION', 'specVersion 0', 'understood: 1');
  });

  test('a plugin for an old version of the contracts', async () => {
    const old = join(folder, 'old.mjs');
    writeFileSync(old, "export const plugin = { specVersion: 0, id: 'old-plugin', components: [] };");
    const called = await runOf(tinyExperiment(), '--plugin', old);
    expectOneError(called, 2, 'EQUIPOISE_UNSUPPORTED_SPEC_VERSION', 'old-plugin', 'specVersion 0', 'understood: 1');
  });

  test('an unknown backend, in the file and on the command line', async () => {
    const inFile = await runOf(tinyExperiment({ backend: 'wsam' }));
    expectOneError(
      inFile,
      2,
      'EQUIPOISE_INVALID_OPTIONS',
      '"wsam"',
      'Did you mean "wasm"',
      'auto, cpu, node, node-gpu, wasm, webgpu',
    );
    const onLine = await runOf(tinyExperiment(), '--backend', 'cup');
    expectOneError(
      onLine,
      2,
      'EQUIPOISE_INVALID_OPTIONS',
      '"cup"',
      'Did you mean "cpu"',
      'auto, cpu, node, node-gpu, wasm, webgpu',
    );
  });

  test('an unknown profile', async () => {
    const called = await runOf(tinyExperiment({ profiles: { longer: { seeds: [1, 2] } } }), '--full');
    expectOneError(called, 2, 'EQUIPOISE_INVALID_OPTIONS', '"full"', 'Available: longer');
  });

  test('options of the command that are wrong', async () => {
    const call = (...parameters: string[]) => equipoise('run', good, '--folder', freshFolder(), ...parameters);
    expectOneError(await call('--worker', '2'), 2, 'EQUIPOISE_USAGE', "'--worker'", 'Did you mean --workers?');
    expectOneError(await call('--workers', '0'), 2, 'EQUIPOISE_USAGE', "'0'", 'a whole number from 1 on');
    expectOneError(await call('--seeds', '1,x'), 2, 'EQUIPOISE_USAGE', "'1,x'", 'separated by commas');
    expectOneError(await call('--resume', '--force'), 2, 'EQUIPOISE_USAGE', '--resume and --force');
    expectOneError(await equipoise('run'), 2, 'EQUIPOISE_USAGE', "'experiment'");
    expectOneError(await equipoise('rum', good), 2, 'EQUIPOISE_USAGE', "'rum'", 'Did you mean run?');
  });
});

describe('data that are wrong end in one error, whichever row meets them', () => {
  test('NaN that a data set gives out', async () => {
    const called = await runOf(tinyExperiment({ dataset: { use: 'nan-pixels' } }), '--plugin', troubles);
    expectOneError(called, 1, 'EQUIPOISE_DATA', 'Example 5 contains NaN', 'finite');
  });

  test('a number that is none, in arrays', async () => {
    const text = JSON.stringify(tinyExperiment()).replace('[0.8,', '[1e999,');
    expectOneError(
      await runOf(text),
      1,
      'EQUIPOISE_DATA',
      'Infinity in example 1, value 0',
      'finite numbers in [0, 1]',
    );
  });

  test('an empty data set', async () => {
    expectOneError(await runOf(withTrain({ x: [], labels: [] })), 1, 'EQUIPOISE_DATA', 'split "train"', 'empty');
    const plugin = await runOf(tinyExperiment({ dataset: { use: 'nothing' } }), '--plugin', troubles);
    expectOneError(plugin, 1, 'EQUIPOISE_DATA', 'split "train"', 'no examples');
  });

  test('a label out of range', async () => {
    const called = await runOf(withTrain({ x: [[0, 0]], labels: [2] }));
    expectOneError(called, 1, 'EQUIPOISE_DATA', 'label 2 at index 0', 'from 0 to 1');
    const plugin = await runOf(tinyExperiment({ dataset: { use: 'wrong-labels' } }), '--plugin', troubles);
    expectOneError(plugin, 1, 'EQUIPOISE_DATA', 'label 2 at index 3', 'from 0 to 1');
  });

  test('an image of the wrong shape, among others and for the model', async () => {
    const among = await runOf(withTrain({ x: [[0, 0, 1]], labels: [1] }));
    expectOneError(among, 1, 'EQUIPOISE_SHAPE', 'Example 0', '[3]; expected [2]');
    const model = { use: 'mlp', options: { inputShape: [28, 28, 1], classes: 2 } };
    expectOneError(await runOf(tinyExperiment({ model })), 1, 'EQUIPOISE_SHAPE', '[2]; expected [28, 28, 1]');
  });

  test('a batch larger than the data is a warning', async () => {
    const trainer = { use: 'supervised', options: { steps: 1, batchSize: 100 } };
    const called = await runOf(tinyExperiment({ trainer, rows: [{ name: 'plain', loss: { use: 'cross-entropy' } }] }));
    expect(called.code).toBe(0);
    expect(called.notes).toMatch(/Warning: batchSize is 100, but there are only 24 examples/);
    expect(errorsIn(called)).toEqual([]);
  });

  test('with --json the error is JSON, and all of standard output', async () => {
    const called = await runOf(withTrain({ x: [[0, 0]], labels: [2] }), '--json');
    expect(called.code).toBe(1);
    expect(JSON.parse(called.out)).toMatchObject({
      error: { code: 'EQUIPOISE_DATA', details: { index: 0 } },
    });
    expect(errorsIn(called)).toEqual([]);
  });
});

describe('a run folder that exists', () => {
  test('a finished run is kept, unless --force says otherwise', async () => {
    const before = resultsOf(finished);
    const called = await equipoise('run', good, '--folder', finished);
    expectOneError(called, 1, 'EQUIPOISE_STORAGE', finished, 'holds a finished run, which is kept', '--force');
    expect(resultsOf(finished)).toEqual(before);
    expect(await equipoise('run', good, '--folder', finished, '--force')).toMatchObject({ code: 0 });
    expect(resultsOf(finished)).toEqual(before);
  });

  test('a finished run is resumed to what it is', async () => {
    const before = resultsOf(finished);
    const called = await equipoise('run', good, '--folder', finished, '--resume', '--workers', '2');
    expect(called).toMatchObject({ code: 0 });
    expect(called.notes).toMatch('row/noisy/seed-1 was finished before.');
    expect(resultsOf(finished)).toEqual(before);
  });

  test('an unfinished run: --resume or --force', async () => {
    const run = unfinishedCopy();
    const files = readdirSync(run, { recursive: true }).length;
    const called = await equipoise('run', good, '--folder', run);
    expectOneError(called, 1, 'EQUIPOISE_STORAGE', 'not finished', '--resume', '--force');
    expect(readdirSync(run, { recursive: true })).toHaveLength(files);
  });

  test('something else is left alone, whatever the options', async () => {
    const other = freshFolder();
    mkdirSync(other);
    writeFileSync(join(other, 'thesis.tex'), 'years of work');
    for (const option of ['--resume', '--force']) {
      const called = await equipoise('run', good, '--folder', other, option);
      expectOneError(called, 1, 'EQUIPOISE_STORAGE', other, 'does not hold a run');
    }
    expect(readdirSync(other)).toEqual(['thesis.tex']);
  });

  test('a run of another configuration is not resumed: what differs', async () => {
    const file = writeExperiment(folder, tinyExperiment({}, 6), 'longer.json');
    const called = await equipoise('run', file, '--folder', finished, '--resume');
    expectOneError(called, 1, 'EQUIPOISE_STORAGE', 'another configuration', 'trainer.options.steps');
  });

  test('nothing there to resume', async () => {
    const called = await equipoise('run', good, '--folder', freshFolder(), '--resume');
    expectOneError(called, 1, 'EQUIPOISE_STORAGE', 'There is no run', '--resume');
  });
});

const checkpoints = 'checkpoints/row/noisy/seed-1';

/** A run whose row `noisy` was stopped before its weights were final. */
function unfinishedCopy(): string {
  const run = freshFolder();
  cpSync(finished, run, { recursive: true });
  for (const file of ['report.json', 'report.html', 'jobs/row/noisy', `${checkpoints}/final.safetensors`]) {
    rmSync(join(run, file), { recursive: true });
  }
  return run;
}

describe('a corrupted checkpoint', () => {
  test('gives way to the one before it, with a warning; the results are the same', async () => {
    const run = unfinishedCopy();
    truncateSync(join(run, checkpoints, 'last.safetensors'), 100);
    const called = await equipoise('run', good, '--folder', run, '--resume');
    expect(called.code, called.notes).toBe(0);
    expect(called.notes).toMatch(/Warning: .*last\.safetensors.*Going on from the checkpoint before it, of step 2/);
    expect(resultsOf(run)).toEqual(resultsOf(finished));
  });

  test('without another one is one error, and nothing is removed', async () => {
    const run = unfinishedCopy();
    for (const name of ['last', 'previous']) {
      writeFileSync(join(run, checkpoints, `${name}.safetensors`), 'neither header nor data');
    }
    const before = readdirSync(run, { recursive: true }).sort();
    const called = await equipoise('run', good, '--folder', run, '--resume');
    expectOneError(
      called,
      1,
      'EQUIPOISE_STORAGE',
      'Corrupted checkpoint',
      `${checkpoints}/last.safetensors`,
      'remove the file to train anew',
    );
    expect(readdirSync(run, { recursive: true }).sort()).toEqual(before);
    for (const name of ['last', 'previous']) rmSync(join(run, checkpoints, `${name}.safetensors`));
    expect(await equipoise('run', good, '--folder', run, '--resume')).toMatchObject({ code: 0 });
    expect(resultsOf(run)).toEqual(resultsOf(finished));
  });
});

describe('components that do what they must not', () => {
  const rowsOf = (...losses: string[]) => losses.map((use, index) => ({ name: `row-${index}`, loss: { use } }));

  test('a plugin that ends its worker threads, each time one begins, is one error', { timeout: 60_000 }, async () => {
    const called = await runOf(
      tinyExperiment({ rows: rowsOf('exits', 'exits', 'exits') }),
      '--plugin',
      troubles,
      '--workers',
      '2',
    );
    expectOneError(called, 1, 'EQUIPOISE_WORKER_DIED', 'row/row-0/seed-1', 'process.exit(7)');
  });

  test(
    'an error that nobody catches in a worker is one error, and the other rows are kept',
    { timeout: 60_000 },
    async () => {
      const called = await runOf(
        tinyExperiment({ rows: rowsOf('uncaught', 'cross-entropy') }),
        '--plugin',
        troubles,
        '--workers',
        '2',
      );
      expectOneError(called, 1, 'EQUIPOISE_WORKER_DIED', 'nobody catches this', 'What is done is kept', '--resume');
      expect(existsSync(join(called.run, 'jobs/row/row-1/seed-1.json'))).toBe(true);
    },
  );

  test('a fault of a plugin is told with its stack', async () => {
    const called = await runOf(tinyExperiment({ rows: rowsOf('faulty') }), '--plugin', troubles);
    expect(called.code).toBe(1);
    expect(errorsIn(called)).toHaveLength(1);
    expect(called.notes).toMatch(/TypeError: a fault of the plugin\n\s+at .*troubles\.mjs/);
  });
});

test('worker threads change no bit of the results', { timeout: 60_000 }, async () => {
  const called = await runOf(tinyExperiment(), '--workers', '2');
  expect(called.code, called.notes).toBe(0);
  expect(called.notes).toMatch('2 trainings, 2 at a time');
  expect(resultsOf(called.run)).toEqual(resultsOf(finished));
  expect(JSON.parse(readFileSync(join(called.run, 'report.json'), 'utf8'))).toMatchObject({ reportVersion: 1 });
});
