import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { fixtureArray, type FixtureArray, type Tolerance } from './fixtures.js';

/** The first place where two arrays differ by more than atol + rtol·|expected|, or `undefined`. */
export function closeTo(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { rtol, atol }: Tolerance,
): string | undefined {
  if (actual.length !== expected.length) return `length ${actual.length}, expected ${expected.length}`;
  for (let index = 0; index < expected.length; index++) {
    const a = actual[index] as number;
    const e = expected[index] as number;
    if (Object.is(a, e) || a === e) continue;
    if (!(Math.abs(a - e) <= atol + rtol * Math.abs(e)))
      return `[${index}] is ${a}, expected ${e} (rtol ${rtol}, atol ${atol})`;
  }
  return undefined;
}

/** Fails unless a tensor (or array) has the expected shape and values. */
export function expectClose(
  actual: tf.Tensor | ArrayLike<number>,
  expected: tf.Tensor | FixtureArray | ArrayLike<number>,
  tolerance: Tolerance = { rtol: 1e-5, atol: 1e-6 },
  what = 'value',
): void {
  const a = values(actual);
  const e = values(expected);
  if (a.shape && e.shape) expect(a.shape, `${what}: shape`).toEqual(e.shape);
  expect(closeTo(a.data, e.data, tolerance), what).toBeUndefined();
}

function values(value: tf.Tensor | FixtureArray | ArrayLike<number>): { data: ArrayLike<number>; shape?: number[] } {
  if (value instanceof tf.Tensor) return { data: value.dataSync(), shape: value.shape };
  if (typeof value === 'object' && 'length' in value) return { data: value };
  return fixtureArray(value);
}
