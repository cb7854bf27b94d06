import type { Cell, ComparisonEntry, Report, ReportFigure, ReportTable } from '@equipoise/spec';
import { curveFigure, type CurvePoint } from './figures.js';
import { distances as allNorms } from './options.js';
import type { DistanceSummary, RobustnessData } from './robustness-data.js';
import { percent, radiusName } from './tables.js';

interface Row {
  readonly row: string;
  readonly runs: readonly { readonly data: RobustnessData; readonly worst: DistanceSummary }[];
}

function rowsOf(norm: string, entries: readonly ComparisonEntry[]): Row[] {
  return [...new Set(entries.map(({ row }) => row))].flatMap((row) => {
    const runs = entries.flatMap((entry) => {
      const data = entry.report.data as unknown as RobustnessData;
      const found = data.norms.find((one) => one.norm === norm);
      return entry.row === row && found !== undefined ? [{ data, worst: found.worstCase }] : [];
    });
    return runs.length === 0 ? [] : [{ row, runs }];
  });
}

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function deviationOf(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

/** Robust accuracies of all seeds at a radius, in percent. */
function accuraciesAt({ runs }: Row, eps: number): number[] {
  return runs.flatMap(({ worst }) => {
    const index = worst.eps.indexOf(eps);
    return index === -1 ? [] : [percent(worst.robustAccuracy[index] as number)];
  });
}

function tableOf(norm: string, rows: readonly Row[]): ReportTable {
  const common = (rows[0]?.runs[0]?.worst.eps ?? []).filter((eps) =>
    rows.every((row) => accuraciesAt(row, eps).length === row.runs.length),
  );
  const rate = (key: string, label: string) => ({ key, label, unit: '%', digits: 1 });
  const lines = rows.map((row): Record<string, Cell> => {
    const means = row.runs.map(({ worst }) => percent(worst.meanRobustAccuracy));
    return {
      row: row.row,
      ...Object.fromEntries(common.map((eps) => [`at ${eps}`, meanOf(accuraciesAt(row, eps))])),
      mean: meanOf(means),
      deviation: row.runs.length < 2 ? null : deviationOf(means),
      median: medianCell(row.runs.map(({ worst }) => worst.median)),
      failed: failedChecks(row, norm),
    };
  });
  lines.sort((a, b) => (b['mean'] as number) - (a['mean'] as number));
  return {
    title: `Robust accuracy, ${norm}`,
    columns: [
      { key: 'row', label: 'training' },
      ...common.map((eps) => rate(`at ${eps}`, eps === 0 ? 'clean' : `eps\u00a0=\u00a0${radiusName(eps)}`)),
      rate('mean', 'mean over eps'),
      rate('deviation', '±'),
      { key: 'median', label: 'median distance', digits: 4 },
      { key: 'failed', label: 'checks that fail' },
    ],
    rows: lines,
    note: 'The worst case over attacks, sample by sample; means over seeds, ± is one standard deviation of the mean over eps over seeds.',
  };
}

function medianCell(medians: readonly (number | null)[]): Cell {
  const finite = medians.filter((median): median is number => median !== null);
  return finite.length === medians.length ? meanOf(finite) : 'never';
}

function failedChecks({ runs }: Row, norm: string): string {
  const failed = runs.flatMap(({ data }) =>
    data.checks.filter((check) => check.outcome === 'fail' && (check.norm === null || check.norm === norm)),
  );
  return [...new Set(failed.map(({ check }) => check))].join(', ') || 'none';
}

function figureOf(norm: string, rows: readonly Row[]): ReportFigure {
  const points = rows.flatMap((row): CurvePoint[] => {
    const radii = [...new Set(row.runs.flatMap(({ worst }) => worst.eps))].sort((a, b) => a - b);
    return radii.map((eps) => {
      const accuracies = accuraciesAt(row, eps);
      const [accuracy, spread] = [meanOf(accuracies), deviationOf(accuracies)];
      return { series: row.row, eps, accuracy, low: accuracy - spread, high: accuracy + spread };
    });
  });
  return curveFigure(`Robust accuracy, ${norm}`, `eps (${norm})`, points, 'training');
}

function bestOf({ title, rows }: ReportTable): string[] {
  const best = rows[0];
  if (best === undefined) return [];
  return [`${title}: highest mean over eps ${Number(best['mean']).toFixed(1)} % (${String(best['row'])}).`];
}

/** Puts the robustness of several trainings side by side: the worst case of each norm, over rows and seeds. */
export function compareRobustness(entries: readonly ComparisonEntry[]): Report {
  const norms = allNorms.flatMap((norm) => {
    const rows = rowsOf(norm, entries);
    return rows.length === 0 ? [] : [{ norm, rows, table: tableOf(norm, rows), figure: figureOf(norm, rows) }];
  });
  return {
    reportVersion: 1,
    title: 'Robustness',
    summary: norms.flatMap(({ table }) => bestOf(table)),
    tables: norms.map(({ table }) => table),
    figures: norms.map(({ figure }) => figure),
    images: [],
    data: { norms: Object.fromEntries(norms.map(({ norm, table }) => [norm, table.rows])) },
  };
}
