import type { BalanceData } from './balance-report.js';

/** The trainings of each row, one a seed. */
export type Rows = ReadonlyMap<string, readonly { readonly seed: number; readonly data: BalanceData }[]>;

/** Mean of values and their spread: the standard deviation (n − 1), or `null` for one value. */
export function meanAndDeviation(values: readonly number[]): { mean: number; deviation: number | null } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length < 2) return { mean, deviation: null };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}
