import { requireIndices } from '@equipoise/kit';
import type { Split } from '@equipoise/spec';

/** The arrays of a split. */
export interface SplitArrays {
  /** Inputs, row-major. */
  readonly x: Float32Array;
  /** The class of each example. */
  readonly labels: Int32Array;
  /** Further facts, a whole number of values an example. */
  readonly fields: Readonly<Record<string, Int32Array | Float32Array>>;
}

/** A split over arrays in memory. */
export function arraySplit(where: string, arrays: SplitArrays, inputShape: readonly number[]): Split {
  const size = arrays.labels.length;
  const names = Object.keys(arrays.fields);
  return {
    size,
    labels: arrays.labels,
    examples: async (indices) => {
      requireIndices(where, size, indices);
      const fields = names.map((name) => [name, gather(arrays.fields[name] as Float32Array, indices, size)] as const);
      return {
        shape: [indices.length, ...inputShape],
        x: gather(arrays.x, indices, size),
        labels: gather(arrays.labels, indices, size),
        ...(names.length > 0 ? { fields: Object.fromEntries(fields) } : {}),
      };
    },
  };
}

/** The rows of those indices; a row is the share of one of `count` examples. */
function gather<A extends Float32Array | Int32Array>(values: A, indices: ArrayLike<number>, count: number): A {
  const width = values.length / count;
  const rows = new (values.constructor as new (length: number) => A)(indices.length * width);
  for (let row = 0; row < indices.length; row++) {
    const start = (indices[row] as number) * width;
    rows.set(values.subarray(start, start + width), row * width);
  }
  return rows;
}
