import { validateOptions } from '@equipoise/kit';
import { DataError } from '@equipoise/spec';
import * as z from 'zod';
import { requireExamples, requireLength, requireValues } from '../checks/arrays.js';

const schema = z.strictObject({
  slack: z.number().nonnegative().default(0).describe('How far above eps a distance still counts as within eps.'),
});

/** Options of {@link robustAccuracyCurve}. */
export interface RobustAccuracyCurveOptions {
  /**
   * By how much a distance may exceed eps and still count as within it, in the units of the distances; default 0. Inputs that
   * were projected into a ball in float32 may lie outside of it by a rounding error, and would count as robust.
   */
  readonly slack?: number;
}

/** The area below a curve. */
export interface CurveArea {
  /** By the trapezoidal rule. */
  readonly area: number;
  /** The area divided by the range of x, a mean height; the only height itself for a single point. */
  readonly normalizedArea: number;
}

/** Robust accuracy against the radius of the attack. */
export interface RobustAccuracyCurve extends CurveArea {
  /** The radii, ascending. */
  readonly eps: readonly number[];
  /** For each radius, the share of all samples whose distance is larger. */
  readonly robustAccuracy: readonly number[];
}

/**
 * Robust accuracy at each radius: (1/n) Σ_i [d_i > eps + slack], and the area below it.
 *
 * With the distances of {@link minimalDistances} the value at eps = 0 is the clean accuracy.
 *
 * @param distances d, one a sample: 0 for a sample that is wrong when clean, `Infinity` for one that was never fooled
 * @param eps radii, finite, not negative, ascending, in the units of the distances
 * @throws InvalidOptionsError if `slack` is not a number from 0
 * @throws DataError if there are no distances or radii, one is negative or NaN, or the radii do not ascend
 */
export function robustAccuracyCurve(
  distances: ArrayLike<number>,
  eps: ArrayLike<number>,
  options: RobustAccuracyCurveOptions = {},
): RobustAccuracyCurve {
  const { slack } = validateOptions(schema, 'robustAccuracyCurve', options);
  requireExamples('robustAccuracyCurve', distances.length);
  requireValues('distances', distances, 'numbers >= 0', (distance) => distance >= 0);
  requireValues('eps', eps, 'numbers >= 0', (radius) => radius >= 0);
  const robustAccuracy = Array.from(eps, (radius) => {
    let robust = 0;
    for (let index = 0; index < distances.length; index++) {
      if ((distances[index] as number) > radius + slack) robust++;
    }
    return robust / distances.length;
  });
  return { eps: Array.from(eps), robustAccuracy, ...curveArea(eps, robustAccuracy) };
}

/**
 * The area below the line through the points (x, y), Σ (x_{i+1} − x_i)(y_i + y_{i+1})/2, and the same over the range of x.
 *
 * @param x finite, ascending
 * @param y finite, one value for each x
 * @throws ShapeError if there is not one y for each x
 * @throws DataError if there are no points, a value is NaN or infinite, or x does not ascend
 */
export function curveArea(x: ArrayLike<number>, y: ArrayLike<number>): CurveArea {
  requireLength('y', y, x.length);
  if (x.length === 0) throw new DataError('A curve needs at least one point; there are none.');
  requireValues('x', x, 'finite numbers', Number.isFinite);
  requireValues('y', y, 'finite numbers', Number.isFinite);
  let area = 0;
  for (let index = 1; index < x.length; index++) {
    const [from, to] = [x[index - 1] as number, x[index] as number];
    if (!(to > from)) {
      throw new DataError(`The points of a curve must ascend; ${to} at index ${index} follows ${from}.`, { index });
    }
    area += ((to - from) * ((y[index - 1] as number) + (y[index] as number))) / 2;
  }
  const range = (x[x.length - 1] as number) - (x[0] as number);
  return { area, normalizedArea: x.length === 1 ? (y[0] as number) : area / range };
}
