import { componentOption } from '@equipoise/kit';
import { activateBackend } from '@equipoise/internal-testing';
import { type Dataset, defineComponent, definePlugin } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import {
  createInProcessExecutor,
  createMemoryStorage,
  type ExperimentEvent,
  experimentJsonSchema,
  openTrained,
  parseExperiment,
  planJobs,
  runExperiment,
} from '../src/index.js';
import { points, registry } from './fakes.js';

const seen: { weights: number[]; disposed: () => boolean }[] = [];

/** Points that remember the weights of the model that they were made with. */
const seenBy = definePlugin({
  specVersion: 1,
  id: 'seen-by',
  components: [
    defineComponent({
      specVersion: 1,
      kind: 'dataset',
      name: 'seen-by',
      description: 'points',
      options: z.strictObject({ models: z.array(componentOption('model')) }),
      references: { models: 'model' },
      create: async ({ models }, context): Promise<Dataset> => {
        for (const model of models) {
          const [weights] = model.variables.values() as MapIterator<tf.Variable>;
          seen.push({
            weights: Array.from((await weights?.data()) ?? []),
            disposed: () => weights?.isDisposed === true,
          });
        }
        context.report({ type: 'progress', label: 'looking', done: 1, total: 1 });
        return points(context.rng);
      },
    }),
  ],
});

const known = registry.use(seenBy);
const trained = (row: string) => ({ use: 'trained', options: { row } });
const looking = (...rows: string[]) => ({ use: 'seen-by', options: { models: rows.map(trained) } });
const loss = { use: 'squares' };
const input = {
  specVersion: 1,
  name: 'stages',
  seeds: [1, 2],
  dataset: { use: 'points' },
  model: { use: 'linear' },
  trainer: { use: 'walker', options: { steps: 2 } },
  rows: [
    { name: 'first', loss },
    { name: 'second', loss, model: trained('first') },
    { name: 'third', loss, dataset: looking('first', 'second', 'first') },
  ],
};

beforeAll(() => activateBackend('cpu'));
beforeEach(() => seen.splice(0));

async function finalWeights(storage: ReturnType<typeof createMemoryStorage>, job: string): Promise<number[]> {
  const state = await storage.loadCheckpoint(job, 'final');
  return Array.from(state?.arrays['model.weights']?.data ?? []);
}

describe('the model "trained"', () => {
  test('is what the other row learnt with the same seed, and is freed', async () => {
    const experiment = parseExperiment(input, known);
    const storage = createMemoryStorage();
    const before = tf.memory().numTensors;
    await runExperiment({ experiment, registry: known, storage });
    expect(tf.memory().numTensors).toBe(before);
    for (const [index, seed] of experiment.seeds.entries()) {
      const rows = ['first', 'second', 'first'].map((row) => finalWeights(storage, `row/${row}/seed-${seed}`));
      expect(seen.slice(3 * index, 3 * index + 3).map(({ weights }) => weights)).toEqual(await Promise.all(rows));
    }
    expect(seen[0]?.weights).not.toEqual(seen[1]?.weights);
    expect(seen[0]?.weights).not.toEqual(seen[3]?.weights);
    expect(seen.every(({ disposed }) => disposed())).toBe(true);
  });

  test('makes the row wait for those that it uses, once each, whatever runs beside it', async () => {
    const experiment = parseExperiment(input, known);
    const needs = planJobs(experiment).map(({ id, needs: ids }) => [id, ids]);
    expect(needs).toContainEqual(['row/third/seed-2', ['row/first/seed-2', 'row/second/seed-2']]);
    const storage = createMemoryStorage();
    const executor = { ...createInProcessExecutor({ experiment, registry: known, storage }), concurrency: 6 };
    const { results } = await runExperiment({ experiment, registry: known, storage, executor });
    expect(results).toHaveLength(6);
  });

  test('reports of a data set that is made are no progress of the training', async () => {
    const experiment = parseExperiment({ ...input, seeds: [1] }, known);
    const events: ExperimentEvent[] = [];
    const storage = createMemoryStorage();
    await runExperiment({ experiment, registry: known, storage, onEvent: (event) => void events.push(event) });
    const progress = events.filter((event) => event.type === 'job-progress' && event.label === 'looking');
    expect(progress).toMatchObject([{ job: 'row/third/seed-1', phase: 'data' }]);
  });

  test.each([
    ['itself', [{ name: 'first', loss, dataset: looking('first') }], 'there is none'],
    ['a later row', [input.rows[0], { name: 'b', loss, dataset: looking('c') }, { name: 'c', loss }], 'first'],
    ['no row', [input.rows[0], { name: 'b', loss, dataset: looking('absent') }], 'first'],
  ])('refuses %s, and says which rows there are', (_, rows, available) => {
    expect(() => parseExperiment({ ...input, rows }, known)).toThrow(
      new RegExp(`It uses the trained model of .*; expected a row before it: ${available}`),
    );
  });

  test('is refused in the shared start', () => {
    const start = { loss, trainer: { use: 'walker', options: { steps: 1 } } };
    const shared = { ...input, start, dataset: looking('first') };
    expect(() => parseExperiment(shared, known)).toThrow('can only be used by rows after it');
  });

  test('is there when a finished row is opened again', async () => {
    const experiment = parseExperiment(input, known);
    const storage = createMemoryStorage();
    await runExperiment({ experiment, registry: known, storage });
    seen.splice(0);
    const { model } = await openTrained(experiment, known, storage, { row: 'third', seed: 2 });
    expect(seen.map(({ weights }) => weights)[1]).toEqual(await finalWeights(storage, 'row/second/seed-2'));
    model.dispose();
  });

  test('stands in the JSON Schema of experiments', () => {
    expect(JSON.stringify(experimentJsonSchema(known))).toContain('"model.trained"');
  });
});

test('a row whose source failed is not run', async () => {
  const rows = [{ name: 'first', loss: { use: 'squares', options: { nanAt: 0 } } }, input.rows[1]];
  const experiment = parseExperiment({ ...input, seeds: [1], rows }, known);
  const storage = createMemoryStorage();
  await expect(runExperiment({ experiment, registry: known, storage })).rejects.toThrow('NaN');
  expect(storage.events).not.toContainEqual(expect.objectContaining({ type: 'job-start', job: 'row/second/seed-1' }));
});
