import { fgsm, pgd } from '@equipoise/attack-pgd';
import { fromArrays } from '@equipoise/dataset-combinators';
import { activateBackend } from '@equipoise/internal-testing';
import { createRng } from '@equipoise/kit';
import { fromFunction } from '@equipoise/model-adapters';
import type { Attack, RunContext, Subject } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { rademacher } from '../src/directions.js';
import { visible } from '../src/gradient-report.js';
import { gradientImages, lossLandscape } from '../src/index.js';

beforeAll(() => activateBackend('cpu'));

const w = [0.5, -1, 2, 0.25];
const images = [
  [0.4, 0.5, 0.6, 0.5],
  [0.6, 0.4, 0.5, 0.5],
];
const context: RunContext = { rng: createRng(5), report: () => undefined };

/** Logits ⟨w, x⟩ and 0, images in the middle of the box, all of class 0. */
function linear(): Subject {
  const kernel = tf.variable(
    tf.tensor2d(
      w.flatMap((weight) => [weight, 0]),
      [4, 2],
    ),
  );
  const forward = (x: tf.Tensor) => tf.matMul(tf.reshape(x, [-1, 4]) as tf.Tensor2D, kernel as tf.Tensor2D);
  const model = fromFunction({ inputShape: [2, 2, 1], classes: 2, variables: { kernel }, forward });
  const part = { x: images, labels: [0, 0] };
  const dataset = fromArrays({ inputShape: [2, 2, 1], classes: 2, splits: { train: part, test: part } });
  return { model, dataset, name: 'linear' };
}

const dot = (x: readonly number[]) => x.reduce((sum, value, place) => sum + value * w[place]!, 0);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('the loss landscape', () => {
  test('of a linear model is log(1 + exp(−⟨w, x⟩ + a·|w|₁)) along the attack', async () => {
    const analysis = lossLandscape({ attack: fgsm({ eps: 0.2 }), points: 5 });
    const { data } = await analysis.doAnalyze(linear(), context);
    const { offsets, losses } = data as { offsets: number[]; losses: number[][] };
    expect(offsets).toEqual([-0.2, -0.1, 0, 0.1, 0.2].map((offset) => expect.closeTo(offset, 12)));
    const size = w.reduce((sum, weight) => sum + Math.abs(weight), 0);
    offsets.forEach((offset, place) => {
      const wanted = mean(images.map((x) => Math.log1p(Math.exp(-dot(x) + offset * size))));
      expect(losses[2]![place]).toBeCloseTo(wanted, 5);
    });
  });

  test('rises no more along a random direction than along that of the attack', async () => {
    const analysis = lossLandscape({ attack: pgd({ eps: 0.2, steps: 5 }), points: 3 });
    const { data } = await analysis.doAnalyze(linear(), context);
    const { losses } = data as { losses: number[][] };
    expect(losses[2]![1]!).toBeLessThanOrEqual(losses[1]![2]! + 1e-6);
    expect(losses[2]![1]!).not.toBeCloseTo(losses[1]![1]!, 4);
  });

  test('compares trainings, averaged over seeds', async () => {
    const analysis = lossLandscape({ attack: fgsm({ eps: 0.2 }), points: 3 });
    const report = await analysis.doAnalyze(linear(), context);
    const data = report.data as { losses: number[][] };
    const doubled = { ...report, data: { ...data, losses: data.losses.map((row) => row.map((loss) => 3 * loss)) } };
    const { tables, figures } = analysis.doCompare!([
      { row: 'a', seed: 1, report },
      { row: 'a', seed: 2, report: doubled },
      { row: 'b', seed: 1, report },
    ]);
    expect(tables[0]!.rows.map(({ row }) => row)).toEqual(['a', 'b']);
    expect(tables[0]!.rows[0]!['centre']).toBeCloseTo(2 * (tables[0]!.rows[1]!['centre'] as number), 10);
    expect(figures).toHaveLength(2);
  });

  test('random directions have entries ±1, and are those of the image in any batch', () => {
    const x = tf.zeros([3, 2, 2, 1]);
    const all = rademacher({ x, sampleIndices: [4, 5, 6] }, createRng(1), 'linf').dataSync();
    expect([...all].every((value) => Math.abs(value) === 1)).toBe(true);
    const one = rademacher({ x: tf.zeros([1, 2, 2, 1]), sampleIndices: [5] }, createRng(1), 'linf').dataSync();
    expect([...one]).toEqual([...all.subarray(4, 8)]);
  });

  test('refuses an even number of points, and an attack without a radius', async () => {
    expect(() => lossLandscape({ attack: fgsm({ eps: 0.1 }), points: 4 })).toThrow(/odd number/);
    expect(() => lossLandscape({} as never)).toThrow(/attack: Expected an attack/);
    const nearest: Attack = { ...fgsm({ eps: 0.1 }), threat: { norm: 'l2' } };
    await expect(lossLandscape({ attack: nearest }).doAnalyze(linear(), context)).rejects.toThrow(
      /one positive radius/,
    );
  });

  test('a split that is missing is named', async () => {
    const analysis = lossLandscape({ attack: fgsm({ eps: 0.1 }), split: 'validation' });
    await expect(analysis.doAnalyze(linear(), context)).rejects.toThrow(/no split "validation"/);
  });
});

describe('gradient images', () => {
  test('the alignment of a linear model is |⟨x, w⟩| / (|x|·|w|)', async () => {
    const { data } = await gradientImages({}).doAnalyze(linear(), context);
    const size = (values: readonly number[]) => Math.hypot(...values);
    const cosines = images.map((x) => Math.abs(dot(x)) / (size(x) * size(w)));
    expect(data['alignment']).toBeCloseTo(mean(cosines), 5);
    expect(data['zero']).toBe(0);
  });

  test('show (g − mean)/(3·std) + ½ below the image', async () => {
    const report = await gradientImages({ shown: 1 }).doAnalyze(linear(), context);
    const [image, gradient] = report.images[0]!.rows;
    expect(image!.images[0]!.data).toEqual(images[0]!.map((value) => expect.closeTo(value, 3)));
    // The gradient of the loss of class 0 is a negative multiple of w.
    const deviation = Math.sqrt(mean(w.map((weight) => (weight - mean(w)) ** 2)));
    const wanted = w.map((weight) => -(weight - mean(w)) / (3 * deviation) + 0.5);
    expect(gradient!.images[0]!.data).toEqual(wanted.map((value) => expect.closeTo(value, 2)));
  });

  test('a gradient that is the same everywhere is grey, one that is large is cut off', () => {
    expect(visible([2, 2, 2])).toEqual([0.5, 0.5, 0.5]);
    expect(visible([...new Array<number>(99).fill(0), 1]).at(-1)).toBe(1);
  });

  test('trainings share one grid', async () => {
    const analysis = gradientImages({ shown: 2 });
    const report = await analysis.doAnalyze(linear(), context);
    const compared = analysis.doCompare!(['plain', 'robust'].map((row) => ({ row, seed: 1, report })));
    expect(compared.images[0]!.rows.map(({ label }) => label)).toEqual(['image', 'plain', 'robust']);
  });
});
