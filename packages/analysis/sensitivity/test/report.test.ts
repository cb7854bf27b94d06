import { toyDataset, toyModel } from '@equipoise/conformance';
import { createRng } from '@equipoise/kit';
import { activateBackend } from '@equipoise/internal-testing';
import type { Model, ReportImage, RunContext, Subject } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { sensitivity, type SensitivityData, type SensitivityOptions } from '../src/index.js';

// The top row of the toy images is the region; it matters for class 0.
const options: SensitivityOptions = {
  images: 6,
  batchSize: 4,
  split: 'test',
  pictureSplit: 'test',
  pictures: 2,
  sensitivity: { method: 'exact' },
  regions: [{ top: 0, left: 0, height: 1, width: 4 }],
  changing: [0],
  keeping: [1, 2],
};

const context = (): RunContext => ({ rng: createRng(1), report: () => {} });
const subject = (model: Model): Subject => ({ model, dataset: toyDataset(), name: 'toy' });
const analyze = (model: Model, change: SensitivityOptions = {}) =>
  sensitivity({ ...options, ...change }).doAnalyze(subject(model), context());

/**
 * φ(x) = a∘x for images of class 0, known by their bright top row, and b∘x for the others: s is exactly a or b, since the
 * class is a step, whose gradient is zero. a = 6 in the region and 2 elsewhere, b = 3 and 2.
 */
const gated: Model = {
  inputShape: [4, 4, 1],
  bounds: [0, 1],
  classes: 3,
  supports: { gradients: true, secondOrder: true, logits: true },
  variables: new Map(),
  forward: (x) => {
    const flat = tf.reshape(x, [-1, 16]) as tf.Tensor2D;
    const weights = (top: number) => tf.tensor1d([...Array(4).fill(top), ...Array(12).fill(2)]);
    const isTop = tf.greater(tf.mean(tf.slice(flat, [0, 0], [-1, 4]), 1, true), 0.5);
    const embedding = tf.mul(flat, tf.where(isTop, weights(6), weights(3))) as tf.Tensor2D;
    return { embedding, logits: tf.slice(embedding, [0, 0], [-1, 3]), layers: {} };
  },
  dispose: () => {},
};

beforeAll(() => activateBackend('cpu'));

describe('the numbers of a model', () => {
  test('are region means by group, and selectivity is the ratio of their ratios', async () => {
    const data = (await analyze(gated)).data as unknown as SensitivityData;
    expect([data.changing.images, data.keeping.images]).toEqual([2, 4]);
    expect(data.changing.sensitivity.corner).toBeCloseTo(6, 5);
    expect(data.changing.sensitivity.elsewhere).toBeCloseTo(2, 5);
    expect(data.keeping.sensitivity.corner).toBeCloseTo(3, 5);
    expect(data.keeping.sensitivity.elsewhere).toBeCloseTo(2, 5);
    expect(data.selectivity).toBeCloseTo(6 / 2 / (3 / 2), 5);
  });

  test('leave out a selectivity that there is not, and say why', async () => {
    const report = await analyze(gated, { changing: [7] });
    expect(report.summary).toEqual(['No selectivity: no image has one of the labels of the option "changing".']);
    expect(report.images).toHaveLength(1);
  });
});

describe('the pictures', () => {
  test('show input, utility and sensitivity of the first images, each map on a scale of its own', async () => {
    const [grid] = (await analyze(gated)).images;
    expect(grid?.rows).toHaveLength(2);
    const [input, utility, map] = grid?.rows[0]?.images as [ReportImage, ReportImage, ReportImage];
    const { x } = await (await toyDataset().split('test')).examples([0]);
    input.data.forEach((value, index) => expect(value).toBeCloseTo(x[index] as number, 2));
    expect([utility.width, utility.height, utility.colormap]).toEqual([4, 4, 'heat']);
    expect(utility.data.slice(3)).toEqual(Array(13).fill(0));
    expect(map.data.slice(0, 5)).toEqual([6, 6, 6, 6, 2]);
    expect(map.range).toEqual([0, 6]);
  });

  test('of several models stand side by side, with means over seeds', async () => {
    const other = toyModel();
    const entry = async (row: string, seed: number, model: Model) => ({ row, seed, report: await analyze(model) });
    const entries = [await entry('gated', 1, gated), await entry('gated', 2, gated), await entry('toy', 1, other)];
    const { tables, images } = sensitivity(options).doCompare!(entries);
    expect(images[0]?.columns).toEqual(['input', 'gated: u', 'gated: s', 'toy: u', 'toy: s']);
    expect(images[0]?.rows.map((row) => row.images.length)).toEqual([5, 5]);
    expect(tables[0]?.rows.map(({ row }) => row)).toEqual(['gated', 'toy']);
    expect(tables[0]?.rows[0]?.['selectivity']).toBeCloseTo(2, 5);
    other.dispose();
  });
});

describe('what cannot be measured is refused:', () => {
  test.each<[string, SensitivityOptions, string, string]>([
    ['a missing split', { split: 'paired' }, 'EQUIPOISE_DATA', 'has no split "paired"; it has train, test'],
    [
      'a box outside of the image',
      {
        regions: [
          { top: 0, left: 0, height: 1, width: 1 },
          { top: 3, left: 0, height: 2, width: 1 },
        ],
      },
      'EQUIPOISE_INVALID_OPTIONS',
      'regions.1: reaches outside of the image of 4 x 4 pixels',
    ],
    [
      'boxes that leave nothing',
      { regions: [{ top: 0, left: 0, height: 4, width: 4 }] },
      'EQUIPOISE_INVALID_OPTIONS',
      'regions: leave nothing of the image of 4 x 4 pixels',
    ],
  ])('%s', async (_, change, code, message) => {
    const failure = analyze(gated, change);
    await expect(failure).rejects.toMatchObject({ code });
    await expect(failure).rejects.toThrow(message);
  });

  test('a model without logits', async () => {
    const encoder = { ...gated, supports: { ...gated.supports, logits: false } };
    await expect(analyze(encoder)).rejects.toMatchObject({ code: 'EQUIPOISE_UNSUPPORTED' });
  });
});
