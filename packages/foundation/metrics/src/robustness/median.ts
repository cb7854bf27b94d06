import { requireLength, requireValues } from '../checks/arrays.js';

/** Medians of minimal distances. */
export interface MedianDistances {
  /** Over all samples. */
  readonly all: number;
  /** Over those that are right when clean; `NaN` if none is. */
  readonly correct: number;
}

/**
 * The middle of the sorted values; for an even number the mean of the two middle ones, infinite if either is; `NaN` of
 * nothing.
 *
 * @param values numbers, of which some may be infinite
 * @throws DataError if a value is NaN
 */
export function median(values: ArrayLike<number>): number {
  requireValues('values', values, 'numbers', (value) => !Number.isNaN(value));
  const sorted = Float64Array.from(values).sort();
  const upper = sorted[sorted.length >> 1] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[(sorted.length >> 1) - 1] ?? Number.NaN) + upper) / 2;
}

/**
 * The median distance over all samples, and over those that are right when clean.
 *
 * @param distances one a sample: 0 for a sample that is wrong when clean, `Infinity` for one that was never fooled
 * @param cleanCorrect whether the clean sample is classified rightly
 * @throws ShapeError if there is not one entry for each distance
 * @throws DataError if a distance is negative or NaN
 */
export function medianDistances(
  distances: ArrayLike<number>,
  cleanCorrect: ArrayLike<number | boolean>,
): MedianDistances {
  requireLength('cleanCorrect', cleanCorrect, distances.length);
  requireValues('distances', distances, 'numbers >= 0', (distance) => distance >= 0);
  return {
    all: median(distances),
    correct: median(Array.from(distances).filter((_, index) => Boolean(cleanCorrect[index]))),
  };
}
