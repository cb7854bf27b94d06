import { requireValues } from '../checks/arrays.js';

/**
 * Ranks from 1 on; equal values share the mean of their ranks.
 *
 * @param values any numbers; infinite ones are the smallest or largest
 * @throws DataError if a value is NaN
 */
export function ranks(values: ArrayLike<number>): Float64Array {
  requireValues('values', values, 'numbers', (value) => !Number.isNaN(value));
  const order = Array.from(values, (_, index) => index).sort((a, b) =>
    compare(values[a] as number, values[b] as number),
  );
  const result = new Float64Array(values.length);
  for (let begin = 0; begin < order.length;) {
    let end = begin + 1;
    while (end < order.length && values[order[end] as number] === values[order[begin] as number]) end += 1;
    for (let place = begin; place < end; place++) result[order[place] as number] = (begin + 1 + end) / 2;
    begin = end;
  }
  return result;
}

function compare(a: number, b: number): number {
  return a < b ? -1 : Number(a > b);
}
