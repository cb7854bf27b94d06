import { expect, test } from 'vitest';
import { regionMask, regionMeans } from './regions.js';

test('the four 9-pixel corner boxes with margin 1 cover 41 % of a digit image', () => {
  const boxes = [1, 18].flatMap((top) => [1, 18].map((left) => ({ top, left, height: 9, width: 9 })));
  const mask = regionMask([28, 28, 1], boxes);
  expect(mask.reduce((sum, value) => sum + value, 0)).toBe(4 * 81);
  expect([mask[0], mask[28 + 1], mask[9 * 28 + 9], mask[10 * 28 + 9]]).toEqual([0, 1, 1, 0]);
});

test('every channel of a pixel lies in its region', () => {
  expect([...regionMask([1, 3, 2], [{ top: 0, left: 1, height: 1, width: 1 }])]).toEqual([0, 0, 1, 1, 0, 0]);
});

test('means inside and outside', () => {
  expect(regionMeans([1, 2, 3, 6], Uint8Array.from([1, 1, 0, 0]))).toEqual({ corner: 1.5, elsewhere: 4.5 });
});
