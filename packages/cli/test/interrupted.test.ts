import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { equipoise, errorsIn, resultsOf, start, temporaryFolder, tinyExperiment, writeExperiment } from './command.js';

const folder = temporaryFolder();
const file = writeExperiment(folder, tinyExperiment({}, 300, 20));
const uninterrupted = join(folder, 'uninterrupted');

beforeAll(async () => {
  expect(await equipoise('run', file, '--folder', uninterrupted)).toMatchObject({ code: 0 });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const lastCheckpoint = (run: string, row: string) => join(run, `checkpoints/row/${row}/seed-1/last.safetensors`);

/** Waits until a run has written the checkpoints of these rows. */
async function untilCheckpoints(run: string, rows: readonly string[]): Promise<void> {
  while (!rows.every((row) => existsSync(lastCheckpoint(run, row)))) await wait(5);
}

/** A lock opens by itself 15 seconds after its last sign of life; makes it that old. */
function ageLock(run: string): void {
  const then = new Date(Date.now() - 60_000);
  utimesSync(join(run, '.lock'), then, then);
}

/** Starts a run in a process of its own and waits until it is in the middle of its training. */
async function begin(name: string, workers: 1 | 2) {
  const run = join(folder, name);
  const started = start('run', file, '--folder', run, '--workers', String(workers));
  await untilCheckpoints(run, workers === 1 ? ['plain'] : ['plain', 'noisy']);
  return { run, ...started };
}

async function expectSameResults(run: string): Promise<void> {
  const resumed = await equipoise('run', file, '--folder', run, '--resume', '--workers', '1');
  expect(resumed.code, resumed.notes).toBe(0);
  expect(resumed.notes).toMatch(/goes on from step \d+\./);
  expect(resultsOf(run)).toEqual(resultsOf(uninterrupted));
}

test.each([1, 2] as const)(
  'a run that is killed, %i trainings at a time, goes on to the same bits',
  { timeout: 60_000 },
  async (workers) => {
    const { run, child, ended } = await begin(`killed-${workers}`, workers);
    child.kill('SIGKILL');
    expect(await ended).toMatchObject({ signal: 'SIGKILL' });
    expect(existsSync(join(run, 'report.json'))).toBe(false);
    ageLock(run);
    await expectSameResults(run);
  },
);

test.each([1, 2] as const)(
  'a run with %i trainings at a time keeps other processes out; Ctrl-C stops it, and it goes on to the same bits',
  { timeout: 60_000 },
  async (workers) => {
    const { run, child, ended } = await begin(`stopped-${workers}`, workers);
    const second = await equipoise('run', file, '--folder', run, '--resume');
    child.kill('SIGINT');
    expect(second.code).toBe(1);
    expect(errorsIn(second)).toHaveLength(1);
    expect(second.notes).toMatch(`Process ${child.pid} is writing the run in ${run}`);
    expect(second.notes).toMatch('(EQUIPOISE_STORAGE)');
    const called = await ended;
    expect(called).toMatchObject({ code: 130, out: '' });
    expect(errorsIn(called)).toEqual([]);
    expect(called.notes).toMatch('Stopping at the next safe point');
    const again = `equipoise run ${file} --folder ${run} --workers ${workers} --resume`;
    expect(called.notes.trimEnd()).toMatch(new RegExp(`To go on: ${again}\\nInterrupted\\.$`));
    expect(existsSync(join(run, 'report.json'))).toBe(false);
    await expectSameResults(run);
  },
);

test('standard output that nobody reads any more is no error', { timeout: 60_000 }, async () => {
  const { child, ended } = start('list');
  child.stdout?.destroy();
  expect(await ended).toMatchObject({ code: 0, notes: '' });
});

function mounted(path: string): boolean {
  mkdirSync(path);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24k', 'none', path], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

test('a disk that becomes full is one error; with more space the run goes on to the same bits', async ({ skip }) => {
  const disk = join(folder, 'disk');
  if (!mounted(disk)) skip('no file system can be mounted here');
  try {
    const run = join(disk, 'run');
    const called = await equipoise('run', file, '--folder', run);
    expect(called.code, called.notes).toBe(1);
    expect(errorsIn(called)).toHaveLength(1);
    expect(called.notes).toMatch(/Could not .*: the disk is full\./);
    expect(called.notes).toMatch('(EQUIPOISE_STORAGE)');
    expect(readdirSync(run, { recursive: true }).filter((name) => String(name).endsWith('.tmp'))).toEqual([]);
    expect(JSON.parse(readFileSync(join(run, 'config.json'), 'utf8'))).toMatchObject({ name: 'tiny' });
    execFileSync('mount', ['-o', 'remount,size=8m', disk]);
    expect(await equipoise('run', file, '--folder', run, '--resume')).toMatchObject({ code: 0 });
    expect(resultsOf(run)).toEqual(resultsOf(uninterrupted));
  } finally {
    execFileSync('umount', [disk]);
  }
});
