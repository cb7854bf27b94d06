import { createContext, createRegistry } from '@equipoise/core';
import { describe, expect, test } from 'vitest';
import { plugin } from '../src/index.js';

const registry = createRegistry().use(plugin);
const context = createContext({ seed: 1 });
const points = {
  use: 'arrays',
  options: { inputShape: [1], classes: ['a', 'b'], bounds: [0, 9], x: [0, 1, 2, 3, 4, 5], labels: [0, 1, 0, 1, 0, 1] },
};

describe('from JSON', () => {
  test('data sets of data sets are made', async () => {
    const options = JSON.parse(
      JSON.stringify({
        dataset: { use: 'subset', options: { dataset: points, splits: { train: { indices: [5, 4, 3, 2] } } } },
        name: 'test',
        count: 1,
      }),
    );
    const data = await registry.createUnknown('dataset', 'split-off', options, context);
    const [train, rest] = [await data.split('train'), await data.split('test')];
    const values = [...(await train.examples([0, 1, 2])).x, ...(await rest.examples([0])).x];
    expect(values.sort()).toEqual([2, 3, 4, 5]);
  });

  test('a missing data set is an error that says what to write', async () => {
    await expect(registry.createUnknown('dataset', 'subset', { splits: {} }, context)).rejects.toThrow(
      /dataset: .*\{ "use": "/,
    );
  });

  test('bad data in the midst of it say where', async () => {
    const dataset = { ...points, options: { ...points.options, labels: [0, 1, 0, 1, 0, 7] } };
    await expect(registry.createUnknown('dataset', 'subset', { dataset, splits: {} }, context)).rejects.toThrow(
      'The data set "arrays" has the label 7 at index 5; expected whole numbers from 0 to 1.',
    );
  });
});
