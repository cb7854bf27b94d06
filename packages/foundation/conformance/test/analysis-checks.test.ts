import { activateBackend } from '@equipoise/internal-testing';
import type { Analysis, Report, Subject } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { analysisChecks } from '../src/index.js';
import { failing, idsOf } from './broken.js';
import { goodAnalysis, impureNumber } from './good-components.js';

type Change = (report: Report, subject: Subject, batchSize: number) => Report;
type MakeAnalysis = (batchSize?: number) => Analysis;

function altered(change: Change): MakeAnalysis {
  return (batchSize = 5) => {
    const analysis = goodAnalysis(batchSize);
    return {
      ...analysis,
      doAnalyze: async (subject, context) => change(await analysis.doAnalyze(subject, context), subject, batchSize),
    };
  };
}

const broken: Record<string, MakeAnalysis> = {
  'analysis/report': altered((report) => ({ ...report, tables: [{ title: 'T', columns: [], rows: [{ stray: 1 }] }] })),
  'analysis/same-seed-same-report': altered((report) => ({ ...report, data: { draw: impureNumber() } })),
  'analysis/batch-size-free': altered((report, _, batchSize) => ({ ...report, data: { mean: 1 / batchSize } })),
  'analysis/model-untouched': altered((report, { model }) => {
    for (const variable of model.variables.values()) tf.tidy(() => variable.assign(tf.add(variable, 1)));
    return report;
  }),
  'analysis/comparison': (batchSize) => ({ ...goodAnalysis(batchSize), doCompare: () => ({ title: '' }) as Report }),
  'analysis/abort': (batchSize) => {
    const analysis = goodAnalysis(batchSize);
    return { ...analysis, doAnalyze: (subject, { rng, report }) => analysis.doAnalyze(subject, { rng, report }) };
  },
  'analysis/no-leak': altered((report) => {
    tf.keep(tf.scalar(1));
    return report;
  }),
};

describe('analysis checks', () => {
  beforeAll(() => activateBackend('cpu'));
  test('pass for a good analysis', async () => {
    expect(await failing(analysisChecks(() => goodAnalysis(), { withBatchSize: goodAnalysis }))).toEqual([]);
  });

  test('each has something that breaks it', () =>
    expect(Object.keys(broken).sort()).toEqual(
      idsOf(analysisChecks(() => goodAnalysis(), { withBatchSize: goodAnalysis })),
    ));

  for (const [id, make] of Object.entries(broken)) {
    test(`${id} fails for the analysis that breaks it`, async () => {
      expect(await failing(analysisChecks(() => make(), { withBatchSize: make }))).toContain(id);
    });
  }
});
