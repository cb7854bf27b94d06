import { DataError, ShapeError } from '@equipoise/spec';
import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * Refuses what is not a matrix with enough rows.
 *
 * @param subject what it is, as it shall stand in the message
 * @param x the embeddings
 * @param least the fewest rows that give a meaning
 * @param features the length of a row, where it is known
 * @returns numbers of rows and of features
 */
export function requireRows(
  subject: string,
  x: Tensor,
  least = 1,
  features?: number,
): readonly [rows: number, features: number] {
  const [rows, width] = x.shape;
  if (x.rank !== 2 || (features !== undefined && width !== features)) {
    throw new ShapeError(subject, [null, features ?? null], x.shape);
  }
  if ((rows as number) < least || width === 0) {
    throw new DataError(
      `${subject} has ${rows} rows of ${width} values; at least ${least} ${least === 1 ? 'row' : 'rows'} of 1 value needed.`,
      { subject, rows, features: width, least },
    );
  }
  return [rows as number, width as number];
}
