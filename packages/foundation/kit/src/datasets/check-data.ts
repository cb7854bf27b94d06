import { DataError } from '@equipoise/spec';

/** Whether two shapes are equal. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

/**
 * Checks that every label is an index into the classes.
 *
 * @param subject whose labels they are, as it shall stand at the start of the message
 * @throws DataError with the first label that is not
 */
export function checkLabels(labels: ArrayLike<number>, classes: number, subject: string): void {
  for (let index = 0; index < labels.length; index++) {
    const label = labels[index] as number;
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new DataError(
        `${subject} has the label ${label} at index ${index}; expected whole numbers from 0 to ${classes - 1}.`,
        { index, label, classes },
      );
    }
  }
}

/** The index of the first value that is NaN or infinite; −1 if all are finite. */
export function findNonFinite(values: ArrayLike<number>): number {
  for (let index = 0; index < values.length; index++) if (!Number.isFinite(values[index])) return index;
  return -1;
}
