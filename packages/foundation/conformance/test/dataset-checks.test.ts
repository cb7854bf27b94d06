import type { Dataset, Examples, Split } from '@equipoise/spec';
import { describe, expect, test } from 'vitest';
import { datasetChecks } from '../src/index.js';
import { failing, idsOf } from './broken.js';
import { goodDataset, impureNumber } from './good-components.js';

function withSplit(change: (split: Split, name: string) => Partial<Split>): () => Dataset {
  return () => {
    const dataset = goodDataset();
    return {
      ...dataset,
      split: async (name) => {
        const split = await dataset.split(name);
        return { ...split, ...change(split, name) };
      },
    };
  };
}

const withExamples = (change: (examples: Examples, indices: ArrayLike<number>) => Examples) =>
  withSplit((split) => ({ examples: async (indices) => change(await split.examples(indices), indices) }));

const broken: Record<string, () => Dataset> = {
  'dataset/info': () => ({ ...goodDataset(), info: { ...goodDataset().info, bounds: [1, 0] } }),
  'dataset/examples': withExamples((examples) => ({ ...examples, x: examples.x.map((value) => 3 * value) })),
  'dataset/labels-agree': withSplit((split) => ({ labels: split.labels.map((label) => (label + 1) % 3) })),
  'dataset/random-access': withExamples((examples, indices) => ({
    ...examples,
    x: examples.x.map((value) => value / (1 + indices.length)),
  })),
  'dataset/same-options-same-data': () => {
    const factor = 0.5 + 0.5 * impureNumber();
    return withExamples((examples) => ({ ...examples, x: examples.x.map((value) => factor * value) }))();
  },
  'dataset/caller-owns-arrays': () => {
    const cache = new Map<number, Examples>();
    return withExamples((examples, indices) => {
      if (indices.length !== 1) return examples;
      const index = indices[0] as number;
      if (!cache.has(index)) cache.set(index, examples);
      return cache.get(index) as Examples;
    })();
  },
  'dataset/empty-request': withExamples((examples) =>
    examples.labels.length === 0 ? { ...examples, shape: [1, 4, 4, 1] } : examples,
  ),
  'dataset/index-out-of-range': withSplit((split) => ({
    examples: (indices) => split.examples(Array.from(indices, (index) => Math.max(0, Math.min(index, split.size - 1)))),
  })),
  'dataset/unknown-split': () => ({ ...goodDataset(), split: () => goodDataset().split('test') }),
};

describe('data set checks', () => {
  test('pass for a good data set', async () => expect(await failing(datasetChecks(goodDataset))).toEqual([]));

  test('each has something that breaks it', () =>
    expect(Object.keys(broken).sort()).toEqual(idsOf(datasetChecks(goodDataset))));

  for (const [id, make] of Object.entries(broken)) {
    test(`${id} fails for the data set that breaks it`, async () => {
      expect(await failing(datasetChecks(make))).toContain(id);
    });
  }
});
