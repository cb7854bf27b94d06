import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import { equipoise, errorsIn, resultsOf, temporaryFolder, tinyExperiment, writeExperiment } from './command.js';

/** A disk with room for so many more files. */
const disk = { room: Infinity };

vi.mock('node:fs/promises', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:fs/promises')>();
  const open: typeof original.open = async (path, flags, mode) => {
    if (flags === 'wx' && (disk.room -= 1) < 0) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
    return original.open(path, flags, mode);
  };
  return { ...original, open };
});

const folder = temporaryFolder();
const file = writeExperiment(folder, tinyExperiment());
const whole = join(folder, 'whole');

beforeEach(async () => {
  disk.room = Infinity;
  await equipoise('run', file, '--folder', whole, '--force');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['before anything runs', 1],
  ['at a checkpoint', 4],
  ['at the report', 10],
])('a disk that is full %s: one error, and the run goes on from there to the same bits', async (when, room) => {
  const run = join(folder, `full-${room}`);
  disk.room = room;
  const called = await equipoise('run', file, '--folder', run);
  expect(called.code, called.notes).toBe(1);
  expect(errorsIn(called)).toHaveLength(1);
  expect(called.notes).toMatch(
    /Error: Could not write .*: the disk is full\. What was there before is intact\. Free some space/,
  );
  expect(called.notes.endsWith('(EQUIPOISE_STORAGE)')).toBe(true);
  disk.room = Infinity;
  const again = await equipoise('run', file, '--folder', run, when === 'before anything runs' ? '--force' : '--resume');
  expect(again.code, again.notes).toBe(0);
  expect(resultsOf(run)).toEqual(resultsOf(whole));
});
