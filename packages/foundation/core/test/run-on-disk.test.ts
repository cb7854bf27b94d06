import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { activateBackend } from '@equipoise/internal-testing';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createMemoryStorage, type ExperimentEvent, parseExperiment, runExperiment } from '../src/index.js';
import { openRun, readEvents, runFiles } from '../src/node.js';
import { registry } from './fakes.js';

const experiment = parseExperiment(
  {
    specVersion: 1,
    name: 'on-disk',
    dataset: { use: 'points' },
    model: { use: 'linear' },
    start: { loss: { use: 'squares' }, trainer: { use: 'walker', options: { steps: 2 } } },
    rows: [
      { name: 'a', loss: { use: 'squares' } },
      { name: 'b', loss: { use: 'squares', options: { strength: 3 } } },
    ],
    trainer: { use: 'walker', options: { steps: 5 } },
    analyses: [{ use: 'weights' }],
  },
  registry,
);

let folder: string;
beforeAll(() => activateBackend('cpu'));
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'equipoise-core-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('a run in a folder that was stopped goes on to the report of one that was not', async () => {
  const { report: whole } = await runExperiment({ experiment, registry, storage: createMemoryStorage() });
  const controller = new AbortController();
  const onEvent = (event: ExperimentEvent) => {
    if (event.type === 'step' && event.job === 'row/a/seed-1' && event.step === 2)
      controller.abort(new Error('enough'));
  };
  const first = await openRun({ folder: join(folder, 'run'), config: experiment });
  const { signal } = controller;
  const attempt = runExperiment({ experiment, registry, storage: first.storage, onEvent, signal });
  await expect(attempt).rejects.toThrow('enough');
  await first.close();

  const second = await openRun({ folder: join(folder, 'run'), config: experiment, mode: 'resume' });
  const { report } = await runExperiment({ experiment, registry, storage: second.storage });
  await second.saveReport(report);
  await second.close();
  expect(report).toEqual(whole);
  const events = await readEvents(join(folder, 'run', runFiles.events));
  const notable = events
    .filter(({ job }) => job)
    .filter(({ type, status }) => type === 'resume' || status === 'aborted' || status === 'kept');
  expect(notable.map(({ type, job, status, step }) => [type, job, status ?? step])).toEqual([
    ['job-end', 'row/a/seed-1', 'aborted'],
    ['job-end', 'start/seed-1', 'kept'],
    ['resume', 'row/a/seed-1', 3],
  ]);
});

test('an analysis that was stopped finds the parts that it has finished', async () => {
  const inParts = { ...experiment, rows: experiment.rows.slice(0, 1), analyses: [{ use: 'in-parts' }] };
  const controller = new AbortController();
  const onEvent = (event: ExperimentEvent) => {
    if (event.type === 'job-progress' && event.label === 'parts' && event.done === 1)
      controller.abort(new Error('enough'));
  };
  const config = parseExperiment(inParts, registry);
  const first = await openRun({ folder: join(folder, 'run'), config });
  const { storage } = first;
  const attempt = runExperiment({ experiment: config, registry, storage, onEvent, signal: controller.signal });
  await expect(attempt).rejects.toThrow('enough');
  await first.close();

  const second = await openRun({ folder: join(folder, 'run'), config, mode: 'resume' });
  const { results } = await runExperiment({ experiment: config, registry, storage: second.storage });
  await second.close();
  expect(results.find(({ job }) => job === 'row/a/seed-1')?.reports[0]?.report.data).toEqual({ value: 1 });
});
