import { spearman } from '@equipoise/metrics';

/** Spearman's rank correlation of two maps; 0 if all values of one are equal, so that means over images stay defined. */
export function mapCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const correlation = spearman(a, b);
  return Number.isNaN(correlation) ? 0 : correlation;
}

/** Arithmetic mean; `NaN` of nothing. */
export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return sum / values.length;
}
