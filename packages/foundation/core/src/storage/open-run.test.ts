import { spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Report } from '@equipoise/spec';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { describeEnvironment } from './environment.js';
import { readEvents } from './event-log.js';
import { openRun, runStatus, type OpenRunOptions } from './open-run.js';

let parent: string;
let folder: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'equipoise-run-'));
  folder = join(parent, 'my-run');
});

afterEach(async () => {
  vi.useRealTimers();
  await rm(parent, { recursive: true, force: true });
});

const config = { name: 'fcl', trainer: { use: 'supervised', options: { epochs: 3 } }, rows: ['ce', 'fcl'] };
const report: Report = {
  reportVersion: 1,
  title: 'Result',
  summary: ['Good.'],
  tables: [],
  figures: [],
  images: [],
  data: {},
};

const openMine = (options: Partial<OpenRunOptions> = {}) => openRun({ folder, config, ...options });

async function leaveRun(finished: boolean): Promise<void> {
  const run = await openMine();
  await run.storage.writeJson('jobs/a.json', 'kept');
  if (finished) await run.saveReport(report);
  await run.close();
}

describe('a new run', () => {
  test('has its configuration and environment, and is unfinished until its report is there', async () => {
    expect(await runStatus(folder)).toBe('nothing');
    const run = await openMine();
    expect(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'))).toEqual(config);
    expect(JSON.parse(await readFile(join(folder, 'environment.json'), 'utf8'))).toMatchObject({
      node: process.version,
    });
    expect(await runStatus(folder)).toBe('unfinished run');
    await run.saveReport(report);
    await run.close();
    expect(await runStatus(folder)).toBe('finished run');
    expect(await run.storage.readJson('report.json')).toEqual(report);
    expect(await readFile(join(folder, 'report.html'), 'utf8')).toContain('<h1>Result</h1>');
    expect((await readdir(folder)).sort()).toEqual(['config.json', 'environment.json', 'report.html', 'report.json']);
  });

  test.each([
    [true, /holds a finished run, which is kept\. Use another folder, or --force/],
    [false, /holds a run that is not finished\. Use --resume to go on with it, --force/],
  ])('does not replace a run that is there (finished: %s)', async (finished, message) => {
    await leaveRun(finished);
    await expect(openMine()).rejects.toThrow(message);
    expect(await readFile(join(folder, 'jobs/a.json'), 'utf8')).toBe('"kept"\n');
  });

  test('replaces a run when it is forced to, but nothing else in the folder', async () => {
    await leaveRun(true);
    await writeFile(join(folder, 'notes.txt'), 'mine');
    const run = await openMine({ mode: 'force', config: { other: true } });
    await run.close();
    expect((await readdir(folder)).sort()).toEqual(['config.json', 'environment.json', 'notes.txt']);
    expect(await run.storage.readJson('config.json')).toEqual({ other: true });
  });

  test.each(['new', 'resume', 'force'] as const)(
    'leaves a folder alone that holds something else (%s)',
    async (mode) => {
      await mkdir(folder);
      await writeFile(join(folder, 'report.json'), 'mine');
      await expect(openMine({ mode })).rejects.toThrow(/does not hold a run/);
      expect(await readdir(folder)).toEqual(['report.json']);
    },
  );

  test('does not start in the place of a file', async () => {
    await writeFile(folder, 'a file');
    await expect(openMine()).rejects.toThrow(/is a file, not a folder/);
  });
});

describe('a resumed run', () => {
  test('goes on with the same configuration, whatever the order of its keys', async () => {
    await leaveRun(false);
    const { name, trainer, rows } = config;
    const run = await openMine({ mode: 'resume', config: { rows, trainer, name } });
    expect(run.finished).toBe(false);
    expect(await run.storage.readJson('jobs/a.json')).toBe('kept');
    await run.close();
    expect(await readEvents(join(folder, 'events.jsonl'))).toMatchObject([{ type: 'resume' }]);
  });

  test('knows that it was finished', async () => {
    await leaveRun(true);
    const run = await openMine({ mode: 'resume' });
    expect(run.finished).toBe(true);
    await run.close();
  });

  test('with another configuration is refused, and the differences are shown', async () => {
    await leaveRun(false);
    const other = { name: 'fcl', trainer: { use: 'supervised', options: { epochs: 5 } }, rows: ['ce'], seed: 1 };
    await expect(openMine({ mode: 'resume', config: other })).rejects.toThrow(
      [
        'was started with another configuration:',
        '  trainer.options.epochs: 3 → 5',
        '  rows.1: removed "fcl"',
        '  seed: added 1',
      ].join('\n'),
    );
    const run = await openMine({ mode: 'resume' });
    await run.close();
  });

  test('must exist', async () => {
    await expect(openMine({ mode: 'resume' })).rejects.toThrow(/There is no run in .*my-run to go on with/);
    expect(await readdir(parent)).toEqual([]);
  });

  test('warns when it goes on elsewhere', async () => {
    const environment = describeEnvironment({ backend: 'wasm' });
    await (await openMine({ environment })).close();
    const warnings: string[] = [];
    const onWarning = (message: string) => warnings.push(message);
    const run = await openMine({ mode: 'resume', environment: { ...environment, backend: 'cpu' }, onWarning });
    await run.close();
    expect(warnings).toEqual([expect.stringContaining('backend: "wasm" → "cpu"')]);
  });

  test('removes what a killed process left half written', async () => {
    await leaveRun(false);
    await writeFile(join(folder, 'jobs', '.a.json.123-0-7.tmp'), 'half');
    await (await openMine({ mode: 'resume' })).close();
    expect(await readdir(join(folder, 'jobs'))).toEqual(['a.json']);
  });
});

describe('the lock', () => {
  test('keeps a second writer out until the first closes', async () => {
    const run = await openMine();
    await expect(openMine({ mode: 'resume' })).rejects.toThrow(
      `Process ${process.pid} is writing the run in ${folder}`,
    );
    await run.close();
    await (await openMine({ mode: 'resume' })).close();
  });

  test('is given back when the run cannot be opened', async () => {
    await leaveRun(false);
    await expect(openMine({ mode: 'resume', config: {} })).rejects.toThrow(/another configuration/);
    await (await openMine({ mode: 'resume' })).close();
  });

  test('of another process is respected; when that process is killed, its run can be resumed', async () => {
    const source = `import(${JSON.stringify(pathToFileURL(join(import.meta.dirname, 'open-run.ts')).href)})
      .then(({ openRun }) => openRun({ folder: process.argv[1], config: ${JSON.stringify(config)} }))
      .then(() => { console.log('open'); setInterval(() => undefined, 1000); });`;
    const child = spawn(process.execPath, [...process.execArgv, '--eval', source, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    await expect(openMine({ mode: 'resume' })).rejects.toThrow(`Process ${child.pid} is writing the run`);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    const almostStale = new Date(Date.now() - 14_500);
    await utimes(join(folder, '.lock'), almostStale, almostStale);
    const warnings: string[] = [];
    const run = await openMine({ mode: 'resume', onWarning: (message) => warnings.push(message) });
    await run.close();
    expect(warnings).toEqual([expect.stringContaining('has ended without giving back its lock; waiting')]);
  });

  test('of a process that ended long ago does not hold up anything', async () => {
    await leaveRun(false);
    await mkdir(join(folder, '.lock'));
    await utimes(join(folder, '.lock'), new Date(0), new Date(0));
    await writeFile(join(folder, '.lock-owner'), String(spawnSync(process.execPath, ['--version']).pid));
    await (await openMine({ mode: 'resume' })).close();
  });

  test('that another process took over stops all writing', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const run = await openMine();
    await utimes(join(folder, '.lock'), new Date(0), new Date(0));
    await vi.advanceTimersByTimeAsync(4_000);
    vi.useRealTimers();
    await vi.waitFor(() => expect(run.storage.writeJson('a.json', 1)).rejects.toThrow(/Another process is writing/));
    await run.close();
  });
});
