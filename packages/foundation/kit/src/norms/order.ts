import { InvalidOptionsError, type Norm } from '@equipoise/spec';

/**
 * The order p of a norm: one of the field's names, or a number: p >= 1 (`Infinity` too), or 0 for the number of entries
 * that are not zero, which is no norm but is called one.
 */
export type NormOrder = Norm | 'l0' | number;

const named: Readonly<Record<string, number>> = { linf: Infinity, l2: 2, l1: 1, l0: 0 };

/**
 * The order of a norm as a number.
 *
 * @param norm name or order
 * @throws InvalidOptionsError for anything that is no order
 */
export function normOrder(norm: NormOrder): number {
  const order = typeof norm === 'number' ? norm : named[norm];
  if (order === undefined || !(order >= 1 || order === 0)) {
    throw new InvalidOptionsError('a norm', [
      { path: ['norm'], message: `expected "linf", "l2", "l1", "l0", 0 or a number >= 1, got ${JSON.stringify(norm)}` },
    ]);
  }
  return order;
}

/**
 * The order q of the dual norm, 1/p + 1/q = 1.
 *
 * @param norm name or order p of a norm
 * @throws InvalidOptionsError for order 0, which has no dual
 */
export function dualOrder(norm: NormOrder): number {
  const order = normOrder(norm);
  if (order === 0) {
    throw new InvalidOptionsError('a dual norm', [{ path: ['norm'], message: 'the l0 "norm" has no dual norm' }]);
  }
  if (order === 1) return Infinity;
  return order === Infinity ? 1 : order / (order - 1);
}
