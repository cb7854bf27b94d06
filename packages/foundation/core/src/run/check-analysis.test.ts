import { toyDataset, toyModel } from '@equipoise/conformance';
import { activateBackend } from '@equipoise/internal-testing';
import type { Analysis } from '@equipoise/spec';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { checkAnalysis } from './check-analysis.js';

const analysis = (needs?: Analysis['needs']): Analysis => ({
  ...(needs === undefined ? {} : { needs }),
  doAnalyze: () => Promise.reject(new Error('not looked at')),
});

describe('checkAnalysis', () => {
  let model: ReturnType<typeof toyModel>;
  beforeAll(() => activateBackend('cpu'));
  beforeEach(() => void (model = toyModel()));
  afterEach(() => model.dispose());

  test('lets pass what needs nothing, or what is there', () => {
    expect(() => checkAnalysis(analysis(), toyDataset(), model)).not.toThrow();
    expect(() => checkAnalysis(analysis({ splits: ['test'], logits: true }), toyDataset(), model)).not.toThrow();
  });

  test('names a missing split, and those that there are', () => {
    const check = () =>
      checkAnalysis(analysis({ splits: ['test', 'paired'], logits: false }), toyDataset(), model, 'Analysis "balance"');
    expect(check).toThrow('Analysis "balance" needs the split "paired"; the data set "toy" has "train", "test".');
  });

  test('refuses a model without logits', () => {
    const encoder = { ...model, supports: { ...model.supports, logits: false } };
    expect(() => checkAnalysis(analysis({ splits: [], logits: true }), toyDataset(), encoder)).toThrow(/needs logits/);
  });
});
