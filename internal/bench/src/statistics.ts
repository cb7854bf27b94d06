/** Values of one measurement in short. */
export interface Summary {
  /** The middle value. */
  readonly median: number;
  /** The smallest value. */
  readonly min: number;
  /** The largest value. */
  readonly max: number;
  /** How many values there are. */
  readonly n: number;
}

/** The middle value; the mean of the two middle ones if there are two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Median, smallest and largest value, each to five digits. */
export function summarize(values: readonly number[]): Summary {
  return {
    median: toDigits(median(values)),
    min: toDigits(Math.min(...values)),
    max: toDigits(Math.max(...values)),
    n: values.length,
  };
}

/** A number to so many significant digits. */
export function toDigits(value: number, digits = 5): number {
  return Number(value.toPrecision(digits));
}
