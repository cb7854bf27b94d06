import type { Cell, ReportTable } from '@equipoise/spec';
import { percent } from './balance-report.js';
import type { ResolvedBalanceOptions } from './options.js';
import { meanAndDeviation, type Rows } from './rows.js';

function pairsOf(names: readonly string[], compareTo: string | undefined): [string, string][] {
  if (compareTo !== undefined && names.includes(compareTo)) {
    return names.filter((name) => name !== compareTo).map((name) => [compareTo, name]);
  }
  return names.flatMap((a, i) => names.slice(i + 1).map((b): [string, string] => [a, b]));
}

/** Differences of the mean balance, paired by seed; none for one row or one seed. */
export function pairedDifferences(rows: Rows, { compareTo }: ResolvedBalanceOptions): ReportTable | undefined {
  const seeds = new Set([...rows.values()].flatMap((runs) => runs.map(({ seed }) => seed)));
  if (seeds.size < 2 || rows.size < 2) return undefined;
  const valueAt = (row: string, seed: number) => rows.get(row)?.find((run) => run.seed === seed)?.data.meanBalance;
  const lines = pairsOf([...rows.keys()], compareTo).flatMap(([a, b]): Record<string, Cell>[] => {
    const differences = [...seeds].flatMap((seed) => {
      const [x, y] = [valueAt(a, seed), valueAt(b, seed)];
      return x === undefined || y === undefined ? [] : [percent(x - y)];
    });
    if (differences.length < 2) return [];
    const { mean, deviation } = meanAndDeviation(differences);
    return [{ pair: `${a} − ${b}`, mean, deviation, seeds: differences.length }];
  });
  return {
    title: 'Paired differences of the mean balance over seeds',
    columns: [
      { key: 'pair', label: 'difference' },
      { key: 'mean', label: 'mean', unit: 'points', digits: 1 },
      { key: 'deviation', label: '± sd', unit: 'points', digits: 1 },
      { key: 'seeds', label: 'seeds' },
    ],
    rows: lines,
  };
}

/** One sentence: by how many points one row is ahead of each other. */
export function againstOthers(table: ReportTable, compareTo: string | undefined): string[] {
  const own = table.rows.find(({ row }) => row === compareTo);
  if (own === undefined || table.rows.length < 2) return [];
  const others = table.rows.filter((line) => line !== own);
  const gains = others.map((line) => {
    const points = Number(own['mean']) - Number(line['mean']);
    return `${points < 0 ? '−' : '+'}${Math.abs(points).toFixed(1)} (${String(line['row'])})`;
  });
  return [`${compareTo} against the others, in points of mean balance: ${gains.join('; ')}.`];
}
