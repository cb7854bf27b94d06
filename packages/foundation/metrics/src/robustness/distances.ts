import { DataError } from '@equipoise/spec';
import { requireExamples, requireLength } from '../checks/arrays.js';

/** What one attack found, one entry a sample. */
export interface AttackAttempt {
  /** Whether it found an input that is classified wrongly; numbers count as true unless they are 0. */
  readonly found: ArrayLike<number | boolean>;
  /** How far from the clean input, in the units of the norm; where nothing was found the entry is not read. */
  readonly distances: ArrayLike<number>;
}

/**
 * The distance of each sample to the nearest input at which it is known to be classified wrongly: 0 if it is wrong when
 * clean, else the smallest over the attacks that fooled it, else `Infinity`. An upper bound on the true distance.
 *
 * @param cleanCorrect whether the clean sample is classified rightly, one entry a sample
 * @param attempts at least one attack
 * @returns float64, one distance a sample
 * @throws ShapeError if an attack has not one entry for each sample
 * @throws DataError if there are no samples or no attacks, or a distance that was found is negative, NaN or infinite
 */
export function minimalDistances(
  cleanCorrect: ArrayLike<number | boolean>,
  attempts: readonly AttackAttempt[],
): Float64Array {
  const count = cleanCorrect.length;
  requireExamples('minimalDistances', count);
  if (attempts.length === 0) throw new DataError('minimalDistances needs at least one attack; there are none.');
  const result = Float64Array.from({ length: count }, (_, index) => (cleanCorrect[index] ? Infinity : 0));
  attempts.forEach(({ found, distances }, attack) => {
    requireLength(`found, of attack ${attack},`, found, count);
    requireLength(`distances, of attack ${attack},`, distances, count);
    for (let index = 0; index < count; index++) {
      if (!cleanCorrect[index] || !found[index]) continue;
      const distance = distances[index] as number;
      if (!Number.isFinite(distance) || distance < 0) throw wrongDistance(attack, index, distance);
      result[index] = Math.min(result[index] as number, distance);
    }
  });
  return result;
}

function wrongDistance(attack: number, index: number, distance: number): DataError {
  return new DataError(
    `Attack ${attack} fooled sample ${index} at a distance of ${distance}; expected a finite number >= 0.`,
    { attack, index, distance },
  );
}
