import { fgm, pgd } from '@equipoise/attack-pgd';
import { analyze, createContext, createRegistry, renderHtml } from '@equipoise/core';
import { plugin as pgdPlugin } from '@equipoise/attack-pgd';
import { defineComponent, definePlugin, type Report } from '@equipoise/spec';
import { activateBackend, onEachBackend } from '@equipoise/internal-testing';
import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { plugin, transfer, type TransferData, type TransferOptions } from '../src/index.js';
import { line, points, subject, threshold } from './line.js';

const dataOf = (report: Report) => report.data as unknown as TransferData;
const attack = fgm({ eps: 0.12 });
const analyzeWith = async (options: Partial<TransferOptions> = {}, seed = 1) =>
  dataOf(
    await analyze(
      transfer({ attack, models: { low: threshold(0.3), high: threshold(0.7) }, ...options }),
      subject,
      createContext({ seed }),
    ),
  );

onEachBackend(() => {
  test('rates are those of one step across borders, on samples that both get right', async () => {
    const { cleanAccuracies, modes } = await analyzeWith();
    expect(cleanAccuracies).toEqual([1, 6 / 8, 6 / 8]);
    const rates = modes[0]?.cells.map((row) => row.map(({ fooled, both }) => [fooled, both]));
    // Every sample moves 0.12 away from its class; 0.45 and 0.55 cross 0.5, 0.25 crosses 0.3, 0.75 crosses 0.7.
    expect(rates).toEqual([
      [
        [2, 8],
        [1, 6],
        [1, 6],
      ],
      [
        [1, 6],
        [1, 6],
        [1, 4],
      ],
      [
        [1, 6],
        [1, 4],
        [1, 6],
      ],
    ]);
  });
});

describe('the analysis', () => {
  beforeAll(() => activateBackend('cpu'));

  test('does not depend on the batch size', async () => {
    const stochastic = pgd({ eps: 0.12, steps: 2 });
    const run = (batchSize: number) =>
      analyzeWith({ attack: stochastic, batchSize, modes: ['untargeted', 'targeted'] });
    expect(await run(3)).toEqual(await run(8));
  });

  test('aims at the next class, or at another at random, never at the true one', async () => {
    for (const targets of ['next', 'random'] as const) {
      const { modes } = await analyzeWith({ modes: ['targeted'], targets });
      expect(modes[0]?.cells[0]?.[0]).toMatchObject({ fooled: 2, both: 8 });
    }
  });

  test('correlates with the accuracies that were given, over the other models', async () => {
    const models = {
      near: threshold(0.55),
      far: threshold(0.8),
      opposite: threshold(0.5, -4),
      farther: threshold(0.9),
    };
    const accuracies = { subject: 1, near: 0.9, far: 0.5, opposite: 0.1, farther: 0.4 };
    const data = await analyzeWith({ models, accuracies });
    const rates = data.modes[0]?.cells[0]?.map(({ rate }) => rate);
    expect(data.accuracyOf).toBe('given');
    expect(data.accuracies).toEqual([1, 0.9, 0.5, 0.1, 0.4]);
    // A model that is never right where the subject is has no rate and is left out.
    expect(rates?.[3]).toBeNull();
    expect(data.modes[0]?.correlations[0]).toMatchObject({ models: 3 });
  });

  test('measures accuracies on a data set of features', async () => {
    const features = { ...line(points, [1, 1, 1, 1, 0, 0, 0, 0]) };
    const data = await analyzeWith({ features, featuresSplit: 'test' });
    expect(data.accuracyOf).toBe('features');
    expect(data.accuracies).toEqual([0, 2 / 8, 2 / 8]);
  });

  test('refuses what does not fit', async () => {
    const untargeted = { ...attack, supports: { ...attack.supports, targeted: false } };
    await expect(analyzeWith({ attack: untargeted, modes: ['targeted'] })).rejects.toThrow(/targeted.*the attack/);
    const wide = { ...threshold(0.5), inputShape: [2, 1, 1] };
    await expect(analyzeWith({ models: { wide } })).rejects.toThrow(/"wide" takes inputs of 2 × 1 × 1/);
    await expect(analyzeWith({ models: { middle: threshold(0.4) } })).rejects.toThrow(/Two models are called "middle"/);
    const silent = { ...threshold(0.5), supports: { ...threshold(0.5).supports, logits: false } };
    await expect(analyzeWith({ models: { silent } })).rejects.toThrow(/needs logits.*"silent"/);
    await expect(analyzeWith({ models: { broken: threshold(NaN) } })).rejects.toMatchObject({
      code: 'EQUIPOISE_NUMERICAL',
    });
    expect(() => transfer({ attack, models: {} })).toThrow(/at least one model/);
    expect(() => transfer({ attack, models: { a: threshold(0.5) }, accuracies: { a: 2 } })).toThrow(/accuracies/);
  });

  test('compares trainings by the examples of the same models', async () => {
    const entries = await Promise.all(
      [0.5, 0.42, 0.3, 0.1].map(async (border, index) => {
        const analysis = transfer({ attack, models: { other: threshold(0.5) } });
        const model = threshold(border);
        return {
          row: `border ${border}`,
          seed: index,
          report: await analyze(analysis, { ...subject, model, name: 'row' }, createContext()),
        };
      }),
    );
    const compared = transfer({ attack, models: { other: threshold(0.5) } }).doCompare?.(entries) as Report;
    expect(compared.tables[0]?.rows.map((row) => row['accuracy'])).toEqual([100, 87.5, 75, 50]);
    expect(compared.tables.at(-1)?.rows[0]).toMatchObject({ source: 'other', trainings: 4 });
    expect(compared.summary[0]).toMatch(/Over 4 trainings/);
    expect(await renderHtml(compared)).toContain('Transfer and accuracy, untargeted');
  });

  test('is made from JSON, and its page can be drawn', async () => {
    const border = defineComponent({
      specVersion: 1,
      kind: 'model',
      name: 'border',
      description: 'For tests.',
      options: z.strictObject({ at: z.number() }),
      create: ({ at }) => threshold(at),
    });
    const models = definePlugin({ specVersion: 1, id: '@equipoise/fakes', components: [border] });
    const registry = createRegistry().use(pgdPlugin).use(models).use(plugin);
    const options = {
      attack: { use: 'fgm', options: { eps: 0.12 } },
      models: { low: { use: 'border', options: { at: 0.3 } } },
      modes: ['untargeted', 'targeted'],
    };
    const made = await registry.createUnknown('analysis', 'transfer', options, createContext());
    const report = await analyze(made, subject, createContext());
    const page = await renderHtml(report);
    expect(page).toContain('Transfer of adversarial examples, targeted');
    expect(dataOf(report).models).toEqual(['middle', 'low']);
  });
});
