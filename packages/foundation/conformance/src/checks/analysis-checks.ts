import type { Analysis, Report, Subject } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { defineCheck, type Check, type Expect } from '../check.js';
import { difference, valuesOf } from '../compare.js';
import { checkContext, type Make } from '../context.js';
import { toyDataset } from '../toys/toy-dataset.js';
import { toyModel } from '../toys/toy-model.js';

/** What the checks know about an analysis beyond its contract. */
export interface AnalysisCheckOptions {
  /** What to look at; a small network and images with bright stripes if absent. */
  readonly subject?: () => Subject;
  /** Makes the same analysis with another batch size, to compare the results. */
  readonly withBatchSize?: (batchSize: number) => Analysis;
}

const toySubject = (): Subject => ({ model: toyModel(), dataset: toyDataset(), name: 'toy' });

async function withSubject<T>(options: AnalysisCheckOptions, body: (subject: Subject) => Promise<T>): Promise<T> {
  const subject = (options.subject ?? toySubject)();
  try {
    return await body(subject);
  } finally {
    subject.model.dispose();
  }
}

function checkReport(report: Report, expect: Expect): void {
  expect(report.reportVersion === 1, `reportVersion is ${String(report.reportVersion)}, expected 1`);
  expect(report.title.length > 0, 'the title is empty');
  for (const key of ['summary', 'tables', 'figures', 'images'] as const)
    expect(Array.isArray(report[key]), `"${key}" is not a list`);
  for (const { title, columns, rows } of [...report.tables, ...(report.circumstances ?? [])]) {
    const keys = new Set(columns.map(({ key }) => key));
    const stray = rows.flatMap((row) => Object.keys(row)).find((key) => !keys.has(key));
    expect(stray === undefined, `table "${title}" has a cell "${stray}" without a column`);
  }
  for (const { title, rows } of report.images) {
    const right = rows.every(({ images }) =>
      images.every(({ width, height, channels, data }) => data.length === width * height * channels),
    );
    expect(right, `image grid "${title}" has an image whose data do not fit its size`);
  }
  for (const { title, spec } of report.figures)
    expect(typeof spec === 'object', `figure "${title}" has no specification`);
  expect(
    JSON.stringify(JSON.parse(JSON.stringify(report))) === JSON.stringify(report),
    'the report does not survive JSON',
  );
}

/** What the same seed gives again: all but the tables about the run. */
function reproducible(report: Report): string {
  return JSON.stringify({ ...report, circumstances: undefined });
}

/** Checks of an analysis; `make` makes a new one for every check. */
export function analysisChecks(make: Make<Analysis>, options: AnalysisCheckOptions = {}): Check[] {
  const analyze = (analysis: Analysis | Promise<Analysis>) =>
    withSubject(options, async (subject) => (await analysis).doAnalyze(subject, checkContext()));
  return [
    defineCheck('analysis/report', 'gives a report whose tables and pictures are whole', async (expect) => {
      checkReport(await analyze(make(checkContext()) as Analysis), expect);
    }),
    defineCheck('analysis/same-seed-same-report', 'is a pure function of the subject and the seed', async (expect) => {
      const run = async () => reproducible(await analyze(make(checkContext()) as Analysis));
      expect((await run()) === (await run()), 'the same seed gave another report');
    }),
    defineCheck('analysis/batch-size-free', 'does not depend on the batch size', async (expect) => {
      if (options.withBatchSize === undefined) return;
      const numbers = async (size: number) =>
        JSON.stringify((await analyze(options.withBatchSize?.(size) as Analysis)).data).match(
          /-?\d+(\.\d+)?(e-?\d+)?/g,
        );
      const [small, large] = [await numbers(3), await numbers(10)];
      expect(
        difference((small ?? []).map(Number), (large ?? []).map(Number)) < 1e-4,
        'batches of 3 and of 10 gave other numbers',
      );
    }),
    defineCheck('analysis/model-untouched', 'leaves the weights as they were', (expect) =>
      withSubject(options, async (subject) => {
        const weights = async () => (await Promise.all([...subject.model.variables.values()].map(valuesOf))).flat();
        const before = await weights();
        await (await make(checkContext())).doAnalyze(subject, checkContext());
        expect(difference(before, await weights()) === 0, 'the weights were changed');
      }),
    ),
    defineCheck('analysis/comparison', 'gives a whole report of several reports, where it compares', async (expect) => {
      const analysis = await make(checkContext());
      if (analysis.doCompare === undefined) return;
      const report = await analyze(analysis);
      const entries = ['one', 'two'].flatMap((row) => [1, 2].map((seed) => ({ row, seed, report })));
      checkReport(analysis.doCompare(entries), expect);
      checkReport(analysis.doCompare(entries.slice(0, 1)), expect);
    }),
    defineCheck('analysis/abort', 'stops when it is asked to', (expect) =>
      withSubject(options, async (subject) => {
        const controller = new AbortController();
        controller.abort();
        const analysis = await make(checkContext());
        const outcome = await analysis.doAnalyze(subject, checkContext(1, controller.signal)).then(
          () => 'finished',
          () => 'stopped',
        );
        expect(outcome === 'stopped', 'it finished although the signal was aborted before it began');
      }),
    ),
    defineCheck('analysis/no-leak', 'leaves no tensor behind', async (expect) => {
      await analyze(make(checkContext()) as Analysis);
      const before = tf.memory().numTensors;
      await analyze(make(checkContext()) as Analysis);
      const left = tf.memory().numTensors - before;
      expect(left === 0, `${left} tensors are left after an analysis`);
    }),
  ];
}
