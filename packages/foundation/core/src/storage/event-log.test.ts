import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createEventLog, readEvents } from './event-log.js';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'equipoise-events-'));
  path = join(folder, 'run', 'events.jsonl');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const stepsOf = async () => (await readEvents(path)).map(({ step }) => step);

test('a log that was never written has no events', async () => {
  expect(await readEvents(path)).toEqual([]);
});

test('events keep the order of the calls and get a time', async () => {
  const log = createEventLog(path);
  await Promise.all([1, 2, 3, 4, 5].map((step) => log.append({ type: 'step', step })));
  expect(await stepsOf()).toEqual([1, 2, 3, 4, 5]);
  expect((await readEvents(path))[0]).toMatchObject({ type: 'step', time: expect.stringMatching(/^\d{4}-.*Z$/) });
});

test('wherever a kill cut the last line, the events before it and after it survive', async () => {
  const log = createEventLog(path);
  for (const step of [1, 2, 3]) await log.append({ step, note: 'σ' });
  const whole = await readFile(path);
  const complete = (length: number) => whole.subarray(0, length).toString().split('}').length - 1;
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length), async (length) => {
      await writeFile(path, whole.subarray(0, length));
      await createEventLog(path).append({ step: 99 });
      expect(await stepsOf()).toEqual([...[1, 2, 3].slice(0, complete(length)), 99]);
    }),
    { seed: 3, numRuns: 60 },
  );
});

test.skipIf(!existsSync('/dev/full'))('a full disk is a readable error that names the file', async () => {
  const full = join(folder, 'events.jsonl');
  await symlink('/dev/full', full);
  await expect(createEventLog(full).append({ step: 1 })).rejects.toThrow(
    `Could not add an event to ${full}: the disk is full. The events before it are intact. Free some space`,
  );
});
