import { DataError, ShapeError } from '@equipoise/spec';
import type { InputArray, NestedNumbers } from './array-options.js';

const isArray = (value: unknown): value is ArrayLike<unknown> => Array.isArray(value) || ArrayBuffer.isView(value);

function shapeOf(value: unknown): number[] {
  return isArray(value) ? [value.length, ...shapeOf(value[0])] : [];
}

function flatten(value: ArrayLike<unknown>): unknown[] {
  return Array.from(value).flatMap((one) => (isArray(one) ? flatten(one) : [one]));
}

/** The number of values of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/**
 * Inputs as one flat array of values.
 *
 * @param where what they are, for messages
 * @param x flat, or an array with one flat or nested array an example
 * @param count number of examples that are expected
 * @throws ShapeError if there are more or fewer values, or an example has another shape
 */
export function flattenInputs(
  where: string,
  x: InputArray,
  count: number,
  inputShape: readonly number[],
): ArrayLike<unknown> {
  const size = sizeOf(inputShape);
  if (!isArray(x[0])) {
    if (x.length !== count * size) throw new ShapeError(`${where} (flat, ${count} labels)`, [count * size], [x.length]);
    return x as ArrayLike<number>;
  }
  const examples = x as readonly (ArrayLike<number> | NestedNumbers)[];
  if (examples.length !== count) {
    throw new ShapeError(`${where} (${count} labels)`, [count, ...inputShape], shapeOf(examples));
  }
  return examples.flatMap((example, index) => {
    const shape = shapeOf(example);
    const values = isArray(example) ? flatten(example) : [];
    const right = shape.join() === inputShape.join() || shape.join() === String(size);
    if (!right || values.length !== size) throw new ShapeError(`Example ${index} of ${where}`, inputShape, shape);
    return values;
  });
}

/**
 * Inputs as float32, of which each is a finite number within the bounds (after rounding to float32).
 *
 * @throws DataError that names the first example and value that is not
 */
export function checkedInputs(
  where: string,
  values: ArrayLike<unknown>,
  size: number,
  [low, high]: readonly [number, number],
): Float32Array {
  const [least, most] = [Math.fround(low), Math.fround(high)];
  const x = new Float32Array(values.length);
  for (let index = 0; index < values.length; index++) {
    const given = values[index];
    const value = typeof given === 'number' ? Math.fround(given) : Number.NaN;
    if (!(value >= least && value <= most)) {
      const [example, position] = [Math.floor(index / size), index % size];
      throw new DataError(
        `${where} holds ${String(given)} in example ${example}, value ${position}; expected finite numbers in [${low}, ${high}].`,
        { where, example, position, found: given, bounds: [low, high] },
      );
    }
    x[index] = value;
  }
  return x;
}

/**
 * Labels as int32, of which each is a whole number below the number of classes.
 *
 * @throws DataError if there is none, or that names the first that is out of range
 */
export function checkedLabels(where: string, labels: ArrayLike<number>, classCount: number): Int32Array {
  if (labels.length === 0) throw new DataError(`The ${where} is empty; expected at least one example.`, { where });
  for (let index = 0; index < labels.length; index++) {
    const label = labels[index] as number;
    if (Number.isInteger(label) && label >= 0 && label < classCount) continue;
    throw new DataError(
      `The ${where} has the label ${String(label)} at index ${index}; expected whole numbers from 0 to ${classCount - 1}.`,
      { where, index, found: label, classCount },
    );
  }
  return Int32Array.from(labels);
}

/** Refuses a field that does not have a whole number of values an example, with a ShapeError. */
export function checkFields(where: string, fields: Readonly<Record<string, ArrayLike<number>>>, count: number): void {
  for (const [name, values] of Object.entries(fields)) {
    if (values.length === 0 || values.length % count !== 0) {
      throw new ShapeError(`Field "${name}" of ${where} (flat)`, [count], [values.length]);
    }
  }
}
