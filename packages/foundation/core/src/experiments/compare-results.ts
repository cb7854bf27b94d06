import type { ComparisonEntry, Report, RunContext } from '@equipoise/spec';
import type { AnyRegistry } from '../registry/types.js';
import { mergeReports } from '../render/merge-reports.js';
import { parseReport } from '../run/parse-report.js';
import { createAnalyses } from './job-parts.js';
import type { JobResult } from './job-result.js';
import type { RowJob } from './plan-jobs.js';
import { type Experiment, rowLabel } from './types.js';

/** A row's job with what it found. */
export interface RowResult {
  readonly job: RowJob;
  readonly result: JobResult;
}

/**
 * One report of all rows and seeds: accuracy, and what each analysis makes of its reports side by side.
 *
 * An analysis that cannot compare has its reports put one after the other.
 *
 * @param experiment the experiment, resolved
 * @param registry makes the analyses
 * @param results of every row and seed, in the order of the plan, whatever order they finished in
 * @param contextOf the context of an analysis, by label
 */
export async function compareResults(
  experiment: Experiment,
  registry: AnyRegistry,
  results: readonly RowResult[],
  contextOf: (label: string) => RunContext,
): Promise<Report> {
  const parts: { name: string; report: Report }[] = [];
  for (const { name, analysis } of await createAnalyses(experiment.analyses, registry, contextOf)) {
    const entries = entriesOf(name, experiment, results);
    const report = analysis.doCompare ? parseReport(analysis.doCompare(entries)) : oneAfterTheOther(name, entries);
    parts.push({ name, report });
  }
  const title = experiment.title ?? experiment.name;
  const merged = mergeReports(title, [...accuracyReports(experiment, results), ...parts.map(({ report }) => report)]);
  return {
    ...merged,
    summary: [...(experiment.description ? [experiment.description] : []), ...merged.summary],
    data: {
      experiment: experiment.name,
      rows: results.map(({ job, result }) => ({ row: job.row, seed: job.seed, step: result.step, ...result.metrics })),
      analyses: Object.fromEntries(parts.map(({ name, report }) => [name, report.data])),
    },
  };
}

function entriesOf(analysis: string, experiment: Experiment, results: readonly RowResult[]): ComparisonEntry[] {
  const ordered = experiment.rows.flatMap((row) => results.filter(({ job }) => job.row === row.name));
  return ordered.flatMap(({ job, result }) => {
    const found = result.reports.find((one) => one.analysis === analysis);
    return found ? [{ row: labelOf(experiment, job.row), seed: job.seed, report: found.report }] : [];
  });
}

function oneAfterTheOther(name: string, entries: readonly ComparisonEntry[]): Report {
  const [first] = entries;
  if (first && entries.length === 1) return first.report;
  const titled = entries.map(({ row, seed, report }) => ({ ...report, title: `${row}, seed ${seed}` }));
  const summary = titled.flatMap((report) => report.summary.map((line) => `${report.title}: ${line}`));
  return { ...mergeReports(name, titled), summary };
}

function accuracyReports(experiment: Experiment, results: readonly RowResult[]): Report[] {
  const several = experiment.seeds.length > 1;
  const range = [
    { key: 'lowest', label: 'Lowest', unit: '%', digits: 2 },
    { key: 'highest', label: 'Highest', unit: '%', digits: 2 },
  ];
  const rows = experiment.rows.flatMap((row) => {
    const mine = results.filter(({ job, result }) => job.row === row.name && 'accuracy' in result.metrics);
    if (mine.length === 0) return [];
    const accuracies = mine.map(({ result }) => 100 * (result.metrics['accuracy'] as number));
    const bounds = several ? { lowest: Math.min(...accuracies), highest: Math.max(...accuracies) } : {};
    const loss = mean(mine.map(({ result }) => result.metrics['loss'] as number));
    const steps = mean(mine.map(({ result }) => result.step));
    return [{ row: rowLabel(row), accuracy: mean(accuracies), ...bounds, loss, steps }];
  });
  if (rows.length === 0) return [];
  const columns = [
    { key: 'row', label: 'Training' },
    { key: 'accuracy', label: several ? 'Accuracy, mean' : 'Accuracy', unit: '%', digits: 2 },
    ...(several ? range : []),
    { key: 'loss', label: 'Cross-entropy', digits: 4 },
    { key: 'steps', label: 'Steps', digits: 0 },
  ];
  const note = several ? `Over ${experiment.seeds.length} seeds.` : `One seed (${experiment.seeds[0]}).`;
  const table = { title: 'Test split', columns, rows, note };
  return [{ reportVersion: 1, title: 'Accuracy', summary: [], tables: [table], figures: [], images: [], data: {} }];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function labelOf(experiment: Experiment, name: string): string {
  const row = experiment.rows.find((one) => one.name === name);
  return row ? rowLabel(row) : name;
}
