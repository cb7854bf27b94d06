import { requireExamples, requireLength, requireValues } from '../checks/arrays.js';
import { ranks } from './ranks.js';

/**
 * Pearson's correlation Σ(a − ā)(b − b̄) / √(Σ(a − ā)² Σ(b − b̄)²), from −1 to 1; `NaN` if all values of a or of b are
 * equal, since 0/0 says nothing.
 *
 * @param a finite numbers
 * @param b finite numbers of the same examples
 * @throws ShapeError if the lengths differ
 * @throws DataError if there are no values, or one is NaN or infinite
 */
export function pearson(a: ArrayLike<number>, b: ArrayLike<number>): number {
  requirePairs(a, b);
  requireValues('a', a, 'finite numbers', Number.isFinite);
  requireValues('b', b, 'finite numbers', Number.isFinite);
  return correlate(a, b);
}

/**
 * Spearman's rank correlation: Pearson's of the ranks, equal values sharing the mean of their ranks. Infinite values are
 * the smallest or largest, so distances of which some are infinite can be correlated. `NaN` if all values of a or of b
 * are equal.
 *
 * Source: Spearman (1904), with the usual treatment of ties.
 *
 * @param a numbers
 * @param b numbers of the same examples
 * @throws ShapeError if the lengths differ
 * @throws DataError if there are no values, or one is NaN
 */
export function spearman(a: ArrayLike<number>, b: ArrayLike<number>): number {
  requirePairs(a, b);
  return correlate(ranks(a), ranks(b));
}

function requirePairs(a: ArrayLike<number>, b: ArrayLike<number>): void {
  requireExamples('a correlation', a.length);
  requireLength('b', b, a.length);
}

function correlate(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [x, y] = [deviations(a), deviations(b)];
  if (x === undefined || y === undefined) return Number.NaN;
  const correlation = dot(x, y) / (Math.sqrt(dot(x, x)) * Math.sqrt(dot(y, y)));
  return Math.min(1, Math.max(-1, correlation));
}

/**
 * Differences from the mean, scaled so that their squares neither overflow nor vanish. Nothing if all values are equal: their
 * mean may be off by a rounding error, which would pass for a deviation.
 */
function deviations(values: ArrayLike<number>): Float64Array | undefined {
  const numbers = Float64Array.from(values);
  if (numbers.every((value) => value === numbers[0])) return undefined;
  const mean = numbers.reduce((sum, value) => sum + value / numbers.length, 0);
  const centred = numbers.map((value) => value - mean);
  const scale = centred.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return centred.map((value) => value / scale);
}

function dot(x: Float64Array, y: Float64Array): number {
  return x.reduce((sum, value, index) => sum + value * (y[index] as number), 0);
}
