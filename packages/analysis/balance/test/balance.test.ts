import { createRng } from '@equipoise/kit';
import type { Dataset, Model, RunContext, Split } from '@equipoise/spec';
import { onEachBackend } from '@equipoise/internal-testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { balance, type BalanceData, type BalanceOptions } from '../src/index.js';

// One-pixel images: the value is label/20; labels 0 and 1 without, 2 and 1 with the object.
function split(labels: readonly number[]): Split {
  return {
    size: labels.length,
    labels: Int32Array.from(labels),
    examples: async (indices) => {
      const chosen = Array.from(indices, (index) => labels[index] as number);
      return {
        shape: [chosen.length, 1, 1, 1],
        x: Float32Array.from(chosen, (label) => label / 20),
        labels: Int32Array.from(chosen),
      };
    },
  };
}

const without = Array.from({ length: 40 }, (_, i) => i % 2);
const dataset: Dataset = {
  info: {
    name: 'pixels',
    inputShape: [1, 1, 1],
    bounds: [0, 1],
    classes: ['a', 'b', 'c'],
    splits: ['test-without-corner', 'test-with-corner'],
  },
  split: async (name) => split(name === 'test-with-corner' ? without.map((label) => (label === 0 ? 2 : 1)) : without),
};

/** Gives the class whose value is nearest to the pixel's. */
const nearest: Model = {
  inputShape: [1, 1, 1],
  bounds: [0, 1],
  classes: 3,
  supports: { gradients: true, secondOrder: true, logits: true },
  variables: new Map(),
  forward: (x) => {
    const embedding = tf.reshape(x, [-1, 1]) as tf.Tensor2D;
    const logits = tf.neg(tf.abs(tf.sub(embedding, tf.tensor2d([[0, 0.05, 0.1]])))) as tf.Tensor2D;
    return { embedding, logits, layers: {} };
  },
  dispose: () => {},
};

const context = (seed = 1): RunContext => ({ rng: createRng(seed), report: () => {} });
const subject = { model: nearest, dataset, name: 'nearest' };

onEachBackend(() => {
  test('a perfect model is perfectly balanced without noise and less so with it', async () => {
    const report = await balance({ sigmas: [0, 0.1], averageUpTo: 0 }).doAnalyze(subject, context());
    const data = report.data as unknown as BalanceData;
    expect(data.levels[0]).toMatchObject({ sigma: 0, flip: 1, stay: 1, balance: 1, falseFlip: 0 });
    expect(data.levels[1]?.balance).toBeLessThan(1);
    expect(data.meanBalance).toBe(1);
  });

  test('the result does not depend on the batch size', async () => {
    const run = async (batchSize: number) => (await balance({ batchSize }).doAnalyze(subject, context())).data;
    expect(await run(7)).toEqual(await run(40));
  });

  test('another seed gives other noise', async () => {
    const run = async (seed: number) => (await balance({ sigmas: [0.05] }).doAnalyze(subject, context(seed))).data;
    expect(await run(1)).not.toEqual(await run(2));
  });

  test('no tensor is left behind', async () => {
    await balance().doAnalyze(subject, context());
    const before = tf.memory().numTensors;
    await balance().doAnalyze(subject, context());
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('comparison', () => {
  test('has one row a training, in order of balance, with the spread over seeds', async () => {
    const analysis = balance({ sigmas: [0] });
    const report = await analysis.doAnalyze(subject, context());
    const worse = { ...report, data: { ...report.data, meanBalance: 0.5 } };
    const compared = analysis.doCompare?.([
      { row: 'worse', seed: 1, report: worse },
      { row: 'worse', seed: 2, report: { ...worse, data: { ...worse.data, meanBalance: 0.7 } } },
      { row: 'better', seed: 1, report },
      { row: 'better', seed: 2, report },
    ]);
    const rows = compared?.tables[0]?.rows ?? [];
    expect(rows.map((row) => row['row'])).toEqual(['better', 'worse']);
    expect(rows[1]?.['mean']).toBeCloseTo(60);
    expect(rows[1]?.['interval']).toBeCloseTo(Math.sqrt(0.02) * 100);
    expect(compared?.tables[1]?.rows[0]).toMatchObject({ pair: 'worse − better', seeds: 2 });
    expect(compared?.figures).toHaveLength(2);
  });
});

describe('differences', () => {
  const rowsOf = async (options: BalanceOptions) => {
    const analysis = balance({ sigmas: [0], ...options });
    const report = await analysis.doAnalyze(subject, context());
    const entries = ['a', 'b', 'c'].flatMap((row) => [1, 2].map((seed) => ({ row, seed, report })));
    return analysis.doCompare?.(entries).tables[1]?.rows.map((row) => row['pair']);
  };

  test('against one row are told in a sentence', async () => {
    const analysis = balance({ sigmas: [0], compareTo: 'a' });
    const report = await analysis.doAnalyze(subject, context());
    const half = { ...report, data: { ...report.data, meanBalance: 0.5 } };
    const compared = analysis.doCompare?.([
      { row: 'a', seed: 1, report: half },
      { row: 'b', seed: 1, report },
    ]);
    expect(compared?.summary).toContain('a against the others, in points of mean balance: −50.0 (b).');
    expect(compared?.figures[0]?.note).toBeUndefined();
  });

  test('are shown for every pair of rows, or against one of them', async () => {
    expect(await rowsOf({})).toEqual(['a − b', 'a − c', 'b − c']);
    expect(await rowsOf({ compareTo: 'b' })).toEqual(['b − a', 'b − c']);
    expect(await rowsOf({ compareTo: 'nobody' })).toEqual(['a − b', 'a − c', 'b − c']);
  });
});

describe('bad input', () => {
  test('missing paired splits are named with those that exist', async () => {
    const other = { ...dataset, info: { ...dataset.info, splits: ['train'] } };
    await expect(balance().doAnalyze({ ...subject, dataset: other }, context())).rejects.toThrow(
      /test-without-corner.*has train/,
    );
  });

  test('a model without logits is refused', async () => {
    const encoder = { ...nearest, supports: { ...nearest.supports, logits: false } };
    await expect(balance().doAnalyze({ ...subject, model: encoder }, context())).rejects.toThrow(/needs logits/);
  });

  test('a negative sigma is refused', () => {
    expect(() => balance({ sigmas: [-1] })).toThrow(/sigmas/);
  });
});
