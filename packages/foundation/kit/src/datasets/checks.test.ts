import { describe, expect, test } from 'vitest';
import { requireIndices, requireSplit } from './checks.js';

const info = { name: 'toy', inputShape: [1], bounds: [0, 1], classes: ['a'], splits: ['train', 'test'] } as const;

describe('requireSplit', () => {
  test('accepts the splits there are', () => {
    expect(() => requireSplit(info, 'train')).not.toThrow();
  });

  test('refuses others and lists what there is', () => {
    expect(() => requireSplit(info, 'dev')).toThrow('Data set "toy" has no split "dev"; it has train, test.');
  });
});

describe('requireIndices', () => {
  test('accepts whole numbers within the split, in any order and repeated', () => {
    expect(() => requireIndices('split "train"', 3, Int32Array.of(2, 0, 2))).not.toThrow();
  });

  test.each([-1, 3, 0.5, Number.NaN])('refuses %s', (index) => {
    expect(() => requireIndices('split "train"', 3, [0, index])).toThrow(
      `Index ${index} (at position 1) is out of range for split "train": expected 0 to 2.`,
    );
  });
});
