import { pgd } from '@equipoise/attack-pgd';
import { fromArrays } from '@equipoise/dataset-combinators';
import { activateBackend } from '@equipoise/internal-testing';
import type { Model } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { relabel, type RelabelOptions } from '../src/index.js';
import {
  allOf,
  checkContext,
  linearModel,
  middlePoints,
  relabelled,
  stillAttack,
  toyDataset,
  toyModel,
  toyOptions,
} from './helpers.js';

let model: Model;

beforeAll(() => activateBackend('cpu'));
beforeEach(() => {
  model = toyModel();
});
afterEach(() => model.dispose());

describe('labels', () => {
  test('are those of the next class, after the last one the first', async () => {
    const { labels, fields } = await allOf(await relabelled(model, { attack: stillAttack() }));
    expect(fields?.['original']).toEqual((await allOf(toyDataset())).labels);
    expect(Array.from(labels)).toEqual(Array.from(fields?.['original'] ?? [], (label) => (label + 1) % 3));
  });

  test('at random are uniform over all classes, the true one among them', async () => {
    const dataset = middlePoints(3000, 2);
    const line = linearModel([1, -1]);
    const options = { dataset, model: line, targets: 'random', attack: stillAttack(), folder: null } as const;
    const { labels, fields } = await allOf(await relabel({ ...options, seed: 5 }));
    const kept = labels.filter((label, index) => label === fields?.['original']?.[index]).length;
    // Binomial with p = 1/2: four standard deviations are 4·√(3000/4) = 110.
    expect(Math.abs(kept - 1500)).toBeLessThan(110);
    expect((await allOf(await relabel({ ...options, seed: 6 }))).labels).not.toEqual(labels);
    line.dispose();
  });

  test('of one example do not depend on which others are there', async () => {
    const options = { targets: 'random', attack: stillAttack() } as const;
    const all = await allOf(await relabelled(model, options));
    const some = await allOf(await relabelled(model, { ...options, samples: 20 }));
    const sources = Array.from(some.fields?.['source'] ?? []);
    expect(sources).toHaveLength(20);
    expect(Array.from(some.labels)).toEqual(sources.map((index) => all.labels[index]));
  });
});

describe('inputs', () => {
  test('of a linear model go along its weights to the sphere, as the closed form says', async () => {
    const weights = [3, -4];
    const line = linearModel(weights);
    const { x, labels, fields } = await allOf(
      await relabel({ dataset: middlePoints(6, 2), model: line, folder: null, batchSize: 4 }),
    );
    const before = await allOf(middlePoints(6, 2));
    const sign = (row: number) => (labels[row] === 1 ? 1 : -1);
    // x + 0.5·w/|w|, cut by the box: 0.5·(0.6, −0.8) leaves [0, 1] nowhere from [0.45, 0.55] but for 0.55 + 0.4 < 1.
    const expected = before.x.map((value, index) => {
      const row = Math.floor(index / 2);
      return value + (0.5 * sign(row) * (weights[index % 2] as number)) / 5;
    });
    // Steps of 0.1 add up with float32 rounding: some units of 2⁻²⁴ a step.
    x.forEach((value, index) => expect(value).toBeCloseTo(expected[index] as number, 5));
    expect(Array.from(fields?.['success'] ?? [])).toEqual(
      Array.from(labels, (label, row) => Number(score(x, row, weights) > 0 === (label === 1))),
    );
    line.dispose();
  });

  test('stay in the ball and the box, and are what the model says they are', async () => {
    const { x, labels, fields } = await allOf(await relabelled(model));
    const before = await allOf(toyDataset());
    for (let row = 0; row < labels.length; row++) {
      const moved = x
        .subarray(16 * row, 16 * row + 16)
        .map((value, pixel) => value - (before.x[16 * row + pixel] as number));
      expect(Math.hypot(...moved)).toBeLessThanOrEqual(0.5 + 1e-5);
    }
    expect(Math.min(...x)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...x)).toBeLessThanOrEqual(1);
    const predicted = tf.tidy(() =>
      tf.argMax(model.forward(tf.tensor(x, [60, 4, 4, 1]), { training: false }).logits as tf.Tensor2D, 1).dataSync(),
    );
    expect(Array.from(fields?.['success'] ?? [])).toEqual(
      Array.from(labels, (label, row) => Number(predicted[row] === label)),
    );
    expect(fields?.['success']?.includes(1)).toBe(true);
  });

  test('are the same bits whatever the batches and files', async () => {
    const attack = pgd({ norm: 'l2', eps: 0.5, steps: 8, randomStart: false });
    const { x } = await allOf(await relabelled(model, { attack }));
    expect((await allOf(await relabelled(model, { attack, batchSize: 7 }))).x).toEqual(x);
    expect((await allOf(await relabelled(model, { attack, batchSize: 13, chunkSize: 11 }))).x).toEqual(x);
  });

  test('come from any attack that can aim, whose randomness comes from the seed', async () => {
    const attack = pgd({ norm: 'linf', eps: 0.1, steps: 3 });
    const once = await allOf(await relabelled(model, { attack }));
    expect((await allOf(await relabelled(model, { attack, batchSize: 9 }))).x).toEqual(once.x);
    expect((await allOf(await relabelled(model, { attack, seed: 2 }))).x).not.toEqual(once.x);
  });

  test('of examples that the attack did not move to their class can be left out', async () => {
    const all = await relabelled(model);
    const { fields } = await allOf(all);
    const count = Array.from(fields?.['success'] ?? []).filter((one) => one === 1).length;
    const successful = await relabelled(model, { keep: 'success' });
    expect((await successful.split('train')).size).toBe(count);
    expect((await allOf(successful)).fields?.['success']?.includes(0)).toBe(false);
    const constant = linearModel([0, 0]);
    const dataset = fromArrays({ inputShape: [2], classes: 2, x: [0.5, 0.5, 0.4, 0.4], labels: [0, 0] });
    const none = await relabel({ dataset, model: constant, keep: 'success', attack: stillAttack(), folder: null });
    await expect(none.split('train')).rejects.toThrow('the attack succeeded on no example');
    constant.dispose();
  });
});

describe('the data set', () => {
  test('leaves the other splits as they were', async () => {
    const dataset = await relabelled(model, { attack: stillAttack() });
    expect(await allOf(dataset, 'test')).toEqual(await allOf(toyDataset(), 'test'));
  });

  test('says what made it', async () => {
    const { info } = await relabelled(model, { attack: pgd({ norm: 'linf', eps: 0.1 }), samples: 5 });
    expect(info.provenance).toMatchObject({
      operation: 'relabel',
      targets: 'next',
      split: 'train',
      samples: 5,
      seed: 1,
      model: { fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
      attack: { use: 'pgd', options: { norm: 'linf', eps: 0.1, steps: 40 } },
      of: { name: 'toy' },
    });
    const other = toyModel(2);
    const { provenance } = (await relabelled(other)).info;
    expect(provenance?.['model']).not.toEqual(info.provenance?.['model']);
    expect(JSON.parse(JSON.stringify(provenance))).toEqual(provenance);
    other.dispose();
  });

  test('without a seed is a function of the stream that it was created with', async () => {
    const options = toyOptions(model, { targets: 'random', attack: stillAttack() });
    const draw = async (seed: number) =>
      (await allOf(await relabel({ ...options, seed: undefined }, checkContext(seed)))).labels;
    expect(await draw(1)).toEqual(await draw(1));
    expect(await draw(1)).not.toEqual(await draw(2));
  });

  test('is made once, when its split is opened, and leaves model and memory as they were', async () => {
    const attack = stillAttack();
    const before = { tensors: tf.memory().numTensors, ids: [...model.variables.values()].map(({ dataId }) => dataId) };
    const dataset = await relabelled(model, { attack, batchSize: 25 });
    expect(attack.batches).toEqual([]);
    await Promise.all([dataset.split('train'), dataset.split('train')]);
    expect(attack.batches).toEqual([25, 25, 10]);
    expect(tf.memory().numTensors).toBe(before.tensors);
    expect([...model.variables.values()].map(({ dataId }) => dataId)).toEqual(before.ids);
  });

  test('tells how far it is, and stops when it is asked to', async () => {
    const context = checkContext();
    await (await relabel(toyOptions(model, { attack: stillAttack(), batchSize: 20 }), context)).split('train');
    const progress = context.events.filter((event) => event.type === 'progress');
    expect(progress.at(0)).toEqual({ type: 'progress', label: 'relabel train', done: 20, total: 60 });
    expect(progress.at(-1)).toMatchObject({ done: 60, total: 60 });
    const stopped = AbortSignal.abort(new Error('stop here'));
    const dataset = await relabel(toyOptions(model, { attack: stillAttack() }), checkContext(1, stopped));
    await expect(dataset.split('train')).rejects.toThrow('stop here');
  });
});

describe('bad input', () => {
  const unaimed = () => ({ ...stillAttack(), supports: { ...stillAttack().supports, targeted: false } });
  const refused: [string, () => Partial<RelabelOptions>, string][] = [
    ['an attack that cannot aim', () => ({ attack: unaimed() }), 'target classes'],
    ['a split that is not there', () => ({ split: 'dev' }), 'has no split "dev"; it has train, test'],
    ['a nameless attack in a folder', () => ({ attack: stillAttack(), folder: 'somewhere' }), 'attackName'],
    ['a model of other inputs', () => ({ model: toyModel(1, [3, 3, 1]) }), 'An example of the data set "toy"'],
    ['a model of fewer classes', () => ({ model: toyModel(1, [4, 4, 1], 2) }), 'A row of logits'],
    ['an unknown rule', () => ({ targets: 'previous' as 'next' }), 'targets'],
  ];

  test.each(refused)('%s is refused', async (_, changes, message) => {
    const changed = changes();
    await expect(relabelled(model, changed)).rejects.toThrow(message);
    changed.model?.dispose();
  });

  test('more samples than there are', async () => {
    const dataset = await relabelled(model, { samples: 61 });
    await expect(dataset.split('train')).rejects.toThrow('61 examples were asked for');
  });

  test('a model that learnt on after the data set was created', async () => {
    const dataset = await relabelled(model);
    const [kernel] = model.variables.values();
    tf.tidy(() => kernel?.assign(tf.add(kernel, 1)));
    await expect(dataset.split('train')).rejects.toThrow('weights of the model are not those');
  });

  test('a model with NaN in its weights, after which nothing is left behind', async () => {
    const [kernel] = model.variables.values();
    tf.tidy(() => kernel?.assign(tf.fill(kernel.shape, NaN)));
    const before = tf.memory().numTensors;
    const dataset = await relabelled(model);
    await expect(dataset.split('train')).rejects.toMatchObject({ code: 'EQUIPOISE_NUMERICAL' });
    expect(tf.memory().numTensors).toBe(before);
  });
});

function score(x: Float32Array, row: number, weights: readonly number[]): number {
  return weights.reduce((sum, weight, place) => sum + weight * (x[row * weights.length + place] as number), 0);
}
