import type { Cell, ComparisonEntry, Report, ReportTable } from '@equipoise/spec';
import { groupName, percent, type BalanceData } from './balance-report.js';
import { againstOthers, pairedDifferences } from './differences.js';
import { accuracyFigure, balanceFigure, type CurvePoint } from './figures.js';
import { pairGroups } from './judge-pairs.js';
import type { ResolvedBalanceOptions } from './options.js';
import { meanAndDeviation, type Rows } from './rows.js';

function byRow(entries: readonly ComparisonEntry[]): Rows {
  const rows = new Map<string, { seed: number; data: BalanceData }[]>();
  for (const { row, seed, report } of entries) {
    rows.set(row, [...(rows.get(row) ?? []), { seed, data: report.data as unknown as BalanceData }]);
  }
  return rows;
}

/** The spread to show behind a mean balance: over seeds if there are several, else the 95 % interval over images. */
function interval(runs: readonly { readonly data: BalanceData }[]): number {
  const { deviation } = meanAndDeviation(runs.map(({ data }) => percent(data.meanBalance)));
  return deviation ?? percent(1.96 * (runs[0]?.data.standardError ?? Number.NaN));
}

function comparisonTable(rows: Rows, options: ResolvedBalanceOptions): ReportTable {
  const sigmas = options.sigmas.filter((sigma) =>
    [...rows.values()].every((runs) => runs.every(({ data }) => data.levels.some((level) => level.sigma === sigma))),
  );
  const severalSeeds = [...rows.values()].some((runs) => runs.length > 1);
  const worst = options.averageUpTo;
  const at = (
    runs: readonly { readonly data: BalanceData }[],
    sigma: number,
    key: 'balance' | 'flip' | 'stay' | 'falseFlip',
  ) =>
    meanAndDeviation(
      runs.map(({ data }) => percent(data.levels.find((level) => level.sigma === sigma)?.[key] ?? Number.NaN)),
    ).mean;
  const lines = [...rows].map(([row, runs]): Record<string, Cell> => ({
    row,
    mean: meanAndDeviation(runs.map(({ data }) => percent(data.meanBalance))).mean,
    interval: interval(runs),
    ...Object.fromEntries(sigmas.map((sigma) => [`balance ${sigma}`, at(runs, sigma, 'balance')])),
    flip: at(runs, 0, 'flip'),
    stay: at(runs, 0, 'stay'),
    falseFlip: at(runs, 0.2, 'falseFlip'),
  }));
  lines.sort((a, b) => (b['mean'] as number) - (a['mean'] as number));
  const rate = (key: string, label: string) => ({ key, label, unit: '%', digits: 1 });
  return {
    title: 'Balance',
    columns: [
      { key: 'row', label: 'training' },
      rate('mean', `mean σ\u00a0≤\u00a0${worst}`),
      rate('interval', '±'),
      ...sigmas.map((sigma) => rate(`balance ${sigma}`, `σ\u00a0=\u00a0${sigma}`)),
      rate('flip', 'flip, σ\u00a0=\u00a00'),
      rate('stay', 'stay, σ\u00a0=\u00a00'),
      rate('falseFlip', 'false flip, σ\u00a0=\u00a00.2'),
    ],
    rows: lines,
    note: severalSeeds
      ? 'Means over seeds; ± is one standard deviation over seeds.'
      : 'One seed; ± is the 95 % interval over test images and does not contain the variation between trainings.',
  };
}

function curvePoints(rows: Rows, options: ResolvedBalanceOptions): CurvePoint[] {
  return [...rows].flatMap(([row, runs]) =>
    options.sigmas.flatMap((sigma) => {
      const levels = runs.flatMap(({ data }) => data.levels.filter((level) => level.sigma === sigma));
      if (levels.length === 0) return [];
      const point = (measure: string, values: readonly number[]): CurvePoint => {
        const { mean, deviation } = meanAndDeviation(values.map(percent));
        return { row, sigma, measure, mean, low: mean - (deviation ?? 0), high: mean + (deviation ?? 0) };
      };
      return [
        point(
          'balance',
          levels.map((level) => level.balance),
        ),
        ...pairGroups.map((group) =>
          point(
            groupName(group, options),
            levels.map((level) => level.accuracy[group]),
          ),
        ),
      ];
    }),
  );
}

/** Puts the balance of several trainings side by side: a table, differences paired by seed, curves over noise. */
export function compareBalance(entries: readonly ComparisonEntry[], options: ResolvedBalanceOptions): Report {
  const rows = byRow(entries);
  const table = comparisonTable(rows, options);
  const points = curvePoints(rows, options);
  const differences = pairedDifferences(rows, options);
  const first = table.rows[0];
  const clip = options.clip ? 'noise clipped to the range of the data' : 'noise not clipped';
  return {
    reportVersion: 1,
    title: 'Balance of sensitivity and robustness',
    summary: [
      ...(first === undefined
        ? []
        : [
            `Highest mean balance over σ ≤ ${options.averageUpTo}: ${String(first['row'])} with ` +
              `${Number(first['mean']).toFixed(1)} ± ${Number(first['interval']).toFixed(1)} % (${clip}).`,
          ]),
      ...againstOthers(table, options.compareTo),
      `Flip: ${options.groups.changing} right without and with the ${options.groups.with}. Stay: ${options.groups.keeping} right both ` +
        `times. False flip: ${options.groups.changing} without it taken for a class that only the ${options.groups.with} gives. ` +
        'Balance is the mean of flip and stay.',
    ],
    tables: differences === undefined ? [table] : [table, differences],
    figures: [
      balanceFigure(points),
      accuracyFigure(
        points,
        pairGroups.map((group) => groupName(group, options)),
      ),
    ],
    images: [],
    data: { rows: Object.fromEntries(rows) },
  };
}
