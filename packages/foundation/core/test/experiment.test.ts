import { activateBackend } from '@equipoise/internal-testing';
import { type StateArray, StorageError } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  captureModel,
  restoreModel,
  createInProcessExecutor,
  createMemoryStorage,
  type Experiment,
  type ExperimentEvent,
  type MemoryStorage,
  parseExperiment,
  planJobs,
  runExperiment,
} from '../src/index.js';
import { linear, registry, stream } from './fakes.js';

const input = {
  specVersion: 1,
  name: 'fakes',
  title: 'Fakes side by side',
  seeds: [1, 2],
  dataset: { use: 'points' },
  model: { use: 'linear' },
  start: { loss: { use: 'squares' }, trainer: { use: 'walker', options: { steps: 2 } } },
  rows: [
    { name: 'weak', loss: { use: 'squares', options: { strength: 0.5 } } },
    { name: 'strong', label: 'Strong', loss: { use: 'squares', options: { strength: 2 } } },
    { name: 'fresh', loss: { use: 'squares' }, start: false },
  ],
  trainer: { use: 'walker', options: { steps: 5 } },
  analyses: [{ use: 'weights' }, { use: 'alone', name: 'each' }],
};

interface RunOptions {
  readonly changes?: Partial<Record<keyof Experiment, unknown>>;
  readonly storage?: MemoryStorage;
  readonly concurrency?: number;
  readonly onEvent?: (event: ExperimentEvent) => void;
  readonly signal?: AbortSignal;
}

async function run({ changes = {}, storage = createMemoryStorage(), concurrency = 1, ...rest }: RunOptions = {}) {
  const experiment = parseExperiment({ ...input, ...changes }, registry);
  const executor = { ...createInProcessExecutor({ experiment, registry, storage }), concurrency };
  return runExperiment({ experiment, registry, storage, executor, ...rest });
}

beforeAll(() => activateBackend('cpu'));

describe('the plan', () => {
  test('has shared starts first, rows that need them, and a comparison of all rows', () => {
    const jobs = planJobs(parseExperiment(input, registry));
    expect(jobs.map(({ id, needs }) => [id, needs.length])).toEqual([
      ['start/seed-1', 0],
      ['start/seed-2', 0],
      ['row/weak/seed-1', 1],
      ['row/strong/seed-1', 1],
      ['row/fresh/seed-1', 0],
      ['row/weak/seed-2', 1],
      ['row/strong/seed-2', 1],
      ['row/fresh/seed-2', 0],
      ['compare', 6],
    ]);
  });

  test('has no start when no row begins from it', () => {
    const rows = input.rows.map((row) => ({ ...row, start: false }));
    const jobs = planJobs(parseExperiment({ ...input, rows }, registry));
    expect(jobs.filter(({ type }) => type === 'start')).toEqual([]);
  });
});

describe('a run', () => {
  test('ends in one report of accuracy and every analysis, and frees its tensors', async () => {
    const before = tf.memory().numTensors;
    const { report, results } = await run();
    expect(tf.memory().numTensors).toBe(before);
    expect(results).toHaveLength(8);
    expect(report.title).toBe('Fakes side by side');
    const [accuracy, weights, ...alone] = report.tables;
    expect(accuracy?.rows.map(({ row, steps }) => [row, steps])).toEqual([
      ['weak', 5],
      ['Strong', 5],
      ['fresh', 5],
    ]);
    expect(weights?.rows).toEqual([{ value: 6 }]);
    expect(alone.map(({ title }) => title)).toContain('each › Strong, seed 2 › Alone');
    expect(alone).toHaveLength(6);
  });

  test('gives the same report however many jobs run side by side', async () => {
    const one = await run();
    const three = await run({ concurrency: 3 });
    expect(three.report).toEqual(one.report);
  });

  test('gives other numbers for other seeds and losses', async () => {
    const { report } = await run();
    const { entries } = (report.data['analyses'] as { weights: { entries: [string, number, number][] } }).weights;
    expect(new Set(entries.map(([, , value]) => value)).size).toBe(6);
  });

  test('trains all rows of a seed from the same start, and those that ask for it from scratch', async () => {
    const storage = createMemoryStorage();
    const firsts = new Map<string, unknown>();
    const save = storage.saveCheckpoint;
    const spy: MemoryStorage = {
      ...storage,
      saveCheckpoint: async (job, name, state) => {
        if (state.step === 0 && name === 'last') firsts.set(job, structuredClone(state.arrays));
        await save(job, name, state);
      },
    };
    await run({ storage: spy, changes: { seeds: [1] } });
    const start = await storage.loadCheckpoint('start/seed-1', 'final');
    expect(firsts.get('row/weak/seed-1')).toEqual(start?.arrays);
    expect(firsts.get('row/strong/seed-1')).toEqual(start?.arrays);
    expect(firsts.get('row/fresh/seed-1')).toEqual(firsts.get('start/seed-1'));
    expect(firsts.get('row/fresh/seed-1')).not.toEqual(start?.arrays);
  });

  test('does nothing a second time', async () => {
    const storage = createMemoryStorage();
    const first = await run({ storage });
    const ends: string[] = [];
    const second = await run({
      storage,
      onEvent: (event) => {
        if (event.type === 'job-end') ends.push(event.status);
        if (event.type === 'step') ends.push('trained');
      },
    });
    expect(ends).toEqual([...new Array<string>(8).fill('kept'), 'finished']);
    expect(second.report).toEqual(first.report);
  });

  test('tells the progress of each job, and logs events but not progress', async () => {
    const storage = createMemoryStorage();
    const heard: ExperimentEvent[] = [];
    await run({ storage, changes: { seeds: [1] }, onEvent: (event) => heard.push(event) });
    const progress = heard.filter(({ type, job }) => type === 'job-progress' && job === 'row/weak/seed-1');
    expect(progress.at(0)).toMatchObject({ phase: 'training', done: 0, total: 5 });
    expect(progress.at(-1)).toMatchObject({ phase: 'training', done: 5, total: 5 });
    const logged = storage.events.map((event) => event['type']);
    expect(logged).not.toContain('job-progress');
    expect(logged.length).toBe(heard.filter(({ type }) => type !== 'job-progress').length);
  });
});

describe('an interrupted run', () => {
  test('stops with the reason, and resumed ends in the same report', async () => {
    const whole = await run();
    for (const stopAfter of [1, 8, 17, 30]) {
      const storage = createMemoryStorage();
      const controller = new AbortController();
      let steps = 0;
      const onEvent = (event: ExperimentEvent) => {
        if (event.type === 'step' && ++steps === stopAfter) controller.abort(new Error('enough'));
      };
      await expect(run({ storage, onEvent, signal: controller.signal })).rejects.toThrow('enough');
      expect(storage.events.some((event) => event['type'] === 'job-end' && event['status'] === 'aborted')).toBe(true);
      const resumed = await run({ storage });
      expect(resumed.report).toEqual(whole.report);
      expect(storage.events.filter(({ type }) => type === 'resume')).toHaveLength(1);
    }
  });

  test('does not train again what only lacks its analyses', async () => {
    const storage = createMemoryStorage();
    const whole = await run({ storage, changes: { seeds: [1] } });
    const damaged: MemoryStorage = {
      ...storage,
      readJson: async (path) => (path === 'jobs/row/weak/seed-1.json' ? undefined : storage.readJson(path)),
    };
    let steps = 0;
    const again = await run({
      storage: damaged,
      changes: { seeds: [1] },
      onEvent: ({ type }) => void (steps += +(type === 'step')),
    });
    expect(steps).toBe(0);
    expect(again.report).toEqual(whole.report);
  });
});

describe('a run in which something fails', () => {
  test('a NaN loss is a NumericalError; the last good checkpoint and the other rows are kept', async () => {
    const storage = createMemoryStorage();
    const rows = [
      { name: 'diverging', loss: { use: 'squares', options: { nanAt: 3 } } },
      { name: 'steady', loss: { use: 'squares' } },
    ];
    const before = tf.memory().numTensors;
    await expect(run({ storage, changes: { rows, seeds: [1] } })).rejects.toMatchObject({
      code: 'EQUIPOISE_NUMERICAL',
      message: expect.stringContaining('NaN at step 3'),
    });
    expect(tf.memory().numTensors).toBe(before);
    const last = await storage.loadCheckpoint('row/diverging/seed-1', 'last');
    expect(last?.step).toBe(3);
    expect(Object.values(last?.arrays ?? {}).every(({ data }) => data.every((value) => Number.isFinite(value)))).toBe(
      true,
    );
    expect(await storage.readJson('jobs/row/steady/seed-1.json')).toBeDefined();
  });

  test('rows are not run without their start, and the error is that of the start', async () => {
    const started: string[] = [];
    const start = {
      loss: { use: 'squares', options: { nanAt: 0 } },
      trainer: { use: 'walker', options: { steps: 2 } },
    };
    const onEvent = (event: ExperimentEvent) => void (event.type === 'job-start' && started.push(event.job));
    await expect(run({ changes: { start, seeds: [1] }, onEvent })).rejects.toThrow('NaN at step 0');
    expect(started).toEqual(['start/seed-1', 'row/fresh/seed-1']);
  });

  test('a checkpoint that cannot be written is the error of the storage', async () => {
    const storage = createMemoryStorage();
    const full: MemoryStorage = {
      ...storage,
      saveCheckpoint: async () => {
        throw new StorageError('The disk is full.');
      },
    };
    await expect(run({ storage: full })).rejects.toMatchObject({ code: 'EQUIPOISE_STORAGE' });
  });

  test('a log that cannot be written stops the run', async () => {
    const storage = createMemoryStorage();
    let events = 0;
    const full: MemoryStorage = {
      ...storage,
      appendEvent: async () => {
        if (++events > 5) throw new StorageError('The disk is full.');
      },
    };
    await expect(run({ storage: full })).rejects.toMatchObject({ code: 'EQUIPOISE_STORAGE' });
    expect(await storage.readJson('jobs/row/fresh/seed-2.json')).toBeUndefined();
  });

  test('a result of another job is refused', async () => {
    const storage = createMemoryStorage();
    await storage.writeJson('jobs/start/seed-1.json', { anything: true });
    await expect(run({ storage })).rejects.toThrow('does not hold the result of the job "start/seed-1"');
  });
});

describe('the weights of a model', () => {
  test('come back as they were, and leave nothing behind', async () => {
    const model = linear(stream('one'));
    const state = await captureModel(model, 5);
    expect(state.step).toBe(5);
    const other = linear(stream('other'));
    const before = tf.memory().numTensors;
    restoreModel(other, state, 'one');
    expect(tf.memory().numTensors).toBe(before);
    expect(await captureModel(other, 5)).toEqual(state);
    model.dispose();
    other.dispose();
  });

  test('of another architecture are refused, and nothing is changed', async () => {
    const model = linear(stream('one'));
    const state = await captureModel(model, 0);
    const wide = { ...state, arrays: { ...state.arrays, 'model.bias': { shape: [3], data: new Float32Array(3) } } };
    const lacking = { ...state, arrays: { 'model.bias': state.arrays['model.bias'] as StateArray } };
    for (const [wrong, message] of [
      [wide, /weights of start do not fit the model.*bias/],
      [lacking, /missing: "model.weights"/],
    ] as const) {
      expect(() => restoreModel(model, wrong, 'start')).toThrow(
        expect.objectContaining({ code: 'EQUIPOISE_STORAGE', message: expect.stringMatching(message) }),
      );
    }
    expect(await captureModel(model, 0)).toEqual(state);
    model.dispose();
  });
});
