import { InvalidOptionsError, ShapeError } from '@equipoise/spec';

/**
 * One number for all samples, or one a sample, as one a sample.
 *
 * @param value the number or numbers
 * @param batch number of samples
 * @param name what it is called in errors
 * @throws ShapeError if there is not one number a sample
 * @throws InvalidOptionsError if a number is negative or NaN
 */
export function perSampleNumbers(value: number | readonly number[], batch: number, name: string): readonly number[] {
  const values = typeof value === 'number' ? new Array<number>(batch).fill(value) : value;
  if (values.length !== batch) throw new ShapeError(`${name}, one a sample,`, [batch], [values.length]);
  const wrong = values.findIndex((one) => !(one >= 0));
  if (wrong === -1) return values;
  const path = typeof value === 'number' ? [name] : [name, wrong];
  throw new InvalidOptionsError(name, [{ path, message: `expected a number >= 0, got ${values[wrong]}` }]);
}
