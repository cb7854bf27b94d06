import { analyze, createContext, createRegistry, renderHtml } from '@equipoise/core';
import { plugin as pgdPlugin } from '@equipoise/attack-pgd';
import type { Report } from '@equipoise/spec';
import { activateBackend } from '@equipoise/internal-testing';
import { beforeAll, expect, test } from 'vitest';
import { plugin, robustness } from '../src/index.js';
import { subjectOf, towards } from './line.js';

const points = [0.1, 0.25, 0.4, 0.55, 0.7, 0.95];
beforeAll(() => activateBackend('cpu'));

const analysis = () => robustness({ attacks: { towards: towards(0.1), nearest: towards(undefined) }, eps: [0.1, 0.3] });
const reportOf = async (x: readonly number[]): Promise<Report> => analyze(analysis(), subjectOf(x), createContext());

test('several trainings are put side by side, the most robust first, with the spread over seeds', async () => {
  const [near, far, farther] = await Promise.all([reportOf(points), reportOf([0.05, 0.1]), reportOf([0.1, 0.25])]);
  const compared = analysis().doCompare?.([
    { row: 'near', seed: 1, report: near },
    { row: 'near', seed: 2, report: near },
    { row: 'far', seed: 1, report: far },
    { row: 'far', seed: 2, report: farther },
  ]);
  const rows = compared?.tables[0]?.rows ?? [];
  expect(rows.map((row) => row['row'])).toEqual(['far', 'near']);
  expect(rows[0]).toMatchObject({ 'at 0': 100, 'at 0.1': 100, 'at 0.3': 75, failed: 'none' });
  // Of near, 5 of 6 stand 0.1 (one is at the border) and 2 of 6 stand 0.3.
  expect(rows[1]?.['mean']).toBeCloseTo((100 * ((0.1 * (1 + 5 / 6)) / 2 + (0.2 * (5 / 6 + 2 / 6)) / 2)) / 0.3, 8);
  expect(rows[1]?.['deviation']).toBe(0);
  expect(rows[0]?.['deviation']).toBeGreaterThan(0);
  expect(compared?.figures).toHaveLength(1);
});

test('trainings with other radii are compared at those that they share', async () => {
  const wide = await analyze(
    robustness({ attacks: [towards(0.1)], eps: [0.1, 0.2] }),
    subjectOf(points),
    createContext(),
  );
  const compared = analysis().doCompare?.([
    { row: 'a', seed: 1, report: await reportOf(points) },
    { row: 'b', seed: 1, report: wide },
  ]);
  const keys = compared?.tables[0]?.columns.map(({ key }) => key) ?? [];
  expect(keys.filter((key) => key.startsWith('at'))).toEqual(['at 0', 'at 0.1']);
});

test('the analysis is made from JSON, and its page can be drawn', async () => {
  const registry = createRegistry().use(pgdPlugin).use(plugin);
  const options = {
    attacks: {
      fgsm: { use: 'fgm', options: { eps: 0.1 } },
      l2: { use: 'pgd', options: { norm: 'l2', eps: 0.1, steps: 4 } },
    },
    eps: { linf: [0.1, 0.2], l2: [0.3] },
    checks: { samples: 4, steps: 4 },
  };
  const made = await registry.createUnknown(
    'analysis',
    'robustness',
    JSON.parse(JSON.stringify(options)),
    createContext(),
  );
  const report = await analyze(made, subjectOf(points), createContext());
  expect(report.tables.map(({ title }) => title).slice(0, 2)).toEqual(['Robust accuracy, linf', 'Robust accuracy, l2']);
  expect(report.images.map(({ title }) => title)).toEqual(['Examples of fgsm', 'Examples of l2']);
  const page = await renderHtml(report);
  expect(page).toContain('Distances to the nearest broken input, linf');
  expect(page).toContain('Times');
  await expect(
    registry.createUnknown('analysis', 'robustness', { attacks: { a: { use: 'pdg' } } }, createContext()),
  ).rejects.toThrow(/pdg/);
});
