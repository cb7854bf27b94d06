import { factory } from '@equipoise/kit';
import { defineComponent, type Analysis, type ComparisonEntry, type Report } from '@equipoise/spec';
import * as z from 'zod';
import { binPredictions, calibrationError, type Bin } from './bins.js';
import { predict } from './predict.js';

const schema = z.strictObject({
  split: z.string().default('test').describe('The split that is looked at.'),
  bins: z.int().min(1).default(10).describe('Bars of the histogram.'),
  batchSize: z.int().min(1).default(256).describe('Examples at a time; changes memory and time, not results.'),
});

/** Options of {@link myAnalysis}. */
export type MyAnalysisOptions = z.input<typeof schema>;

/**
 * How confident a classifier is, and how often it is right when it is so: a histogram of the largest probability, and the expected
 * calibration error Σ_b (n_b / n)·|accuracy_b − confidence_b| (Guo et al., 2017, equation 3).
 *
 * Throws an `UnsupportedError` if the model has no logits. Stops at the next batch when its signal is aborted.
 */
export const myAnalysisComponent = defineComponent({
  specVersion: 1,
  kind: 'analysis',
  name: 'my-analysis',
  description: 'Histogram of confidence, and calibration error',
  options: schema,
  create: ({ split, bins, batchSize }): Analysis => ({
    async doAnalyze({ model, dataset, name }, { signal }) {
      const predictions = await predict(model, await dataset.split(split), batchSize, signal);
      return reportOf(name, binPredictions(predictions, bins));
    },
    doCompare: compare,
  }),
});

/** Makes the analysis; see {@link myAnalysisComponent}. */
export const myAnalysis = factory(myAnalysisComponent);

function reportOf(name: string, bins: readonly Bin[]): Report {
  const error = calibrationError(bins);
  const columns = [
    { key: 'from', label: 'confidence from', digits: 2 },
    { key: 'to', label: 'to', digits: 2 },
    { key: 'count', label: 'examples' },
    { key: 'accuracy', label: 'accuracy', digits: 3 },
    { key: 'confidence', label: 'mean confidence', digits: 3 },
  ];
  return {
    reportVersion: 1,
    title: `Confidence of ${name}`,
    summary: [`The expected calibration error of ${name} is ${error.toFixed(3)}.`],
    tables: [{ title: 'By confidence', columns, rows: bins.map((bin) => ({ ...bin })) }],
    figures: [{ title: 'Histogram of confidence', spec: histogram(bins) }],
    images: [],
    data: { calibrationError: error, bins },
  };
}

function histogram(bins: readonly Bin[]): Record<string, unknown> {
  return {
    data: { values: bins.map((bin) => ({ ...bin })) },
    mark: 'bar',
    encoding: {
      x: { field: 'from', type: 'quantitative', bin: { binned: true }, title: 'confidence' },
      x2: { field: 'to' },
      y: { field: 'count', type: 'quantitative', title: 'examples' },
    },
  };
}

function compare(entries: readonly ComparisonEntry[]): Report {
  const rows = entries.map(({ row, seed, report }) => ({
    row,
    seed,
    calibrationError: report.data['calibrationError'] as number,
  }));
  const columns = [
    { key: 'row', label: 'training' },
    { key: 'seed', label: 'seed' },
    { key: 'calibrationError', label: 'calibration error', digits: 3 },
  ];
  return {
    reportVersion: 1,
    title: 'Confidence',
    summary: [],
    tables: [{ title: 'Expected calibration error', columns, rows }],
    figures: [],
    images: [],
    data: { rows },
  };
}
