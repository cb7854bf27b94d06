import { checkLabels } from '@equipoise/kit';
import { DataError, ShapeError } from '@equipoise/spec';

/** Refuses an empty set of examples. */
export function requireExamples(subject: string, count: number): void {
  if (count === 0) throw new DataError(`${subject} needs at least one example; there are none.`, { subject, count });
}

/** Refuses an array that has not one value for each example. */
export function requireLength(subject: string, values: ArrayLike<unknown>, length: number): void {
  if (values.length !== length) throw new ShapeError(subject, [length], [values.length]);
}

/** Refuses an array of classes that has not one class for each example, or holds what is not a class. */
export function requireClasses(subject: string, values: ArrayLike<number>, length: number, classes = Infinity): void {
  requireLength(subject, values, length);
  checkLabels(values, classes, `"${subject}"`);
}

/** Refuses values that `accept` does not take, and names the first. */
export function requireValues(
  subject: string,
  values: ArrayLike<number>,
  expected: string,
  accept: (value: number) => boolean,
): void {
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (accept(value)) continue;
    throw new DataError(`"${subject}" holds ${value} at index ${index}; expected ${expected}.`, {
      subject,
      index,
      value,
    });
  }
}
