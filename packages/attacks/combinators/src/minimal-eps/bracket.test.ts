import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Bracket, nextRadius } from './bracket.js';

/** Asks an attack that succeeds from a threshold on; gives the bracket at the end and the radii that were asked for. */
function search(threshold: number, options: Parameters<typeof nextRadius>[1]): { bracket: Bracket; asked: number[] } {
  let bracket: Bracket = { low: 0, high: Infinity };
  const asked: number[] = [];
  for (let radius = nextRadius(bracket, options); radius !== undefined; radius = nextRadius(bracket, options)) {
    asked.push(radius);
    bracket = radius >= threshold ? { ...bracket, high: radius } : { ...bracket, low: radius };
  }
  return { bracket, asked };
}

const options = { maximum: 1, smallest: 1e-6, tolerance: 0.01 };

test('any threshold below the largest radius is found within the tolerance, in few questions', () => {
  const size = fc.double({ min: Math.log(2e-6), max: 0, noNaN: true }).map(Math.exp);
  fc.assert(
    fc.property(size, size, (threshold, first) => {
      const { bracket, asked } = search(threshold, { ...options, first });
      expect(bracket.low).toBeLessThan(threshold);
      expect(bracket.high).toBeGreaterThanOrEqual(threshold);
      expect(bracket.high).toBeLessThanOrEqual(bracket.low * 1.01);
      // Twenty doublings or halvings, and seven halvings of a factor of two to one percent.
      expect(asked.length).toBeLessThanOrEqual(29);
    }),
    { seed: 1, numRuns: 100 },
  );
});

test('doubled to the largest radius and no further; halved to the smallest', () => {
  expect(search(2, { ...options, first: 0.3 })).toEqual({ bracket: { low: 1, high: Infinity }, asked: [0.3, 0.6, 1] });
  expect(search(0, { ...options, first: 0.4, smallest: 0.15 }).asked).toEqual([0.4, 0.2, 0.15]);
});

test('a sample at distance zero is not asked about', () => {
  expect(nextRadius({ low: 0, high: 0 }, { ...options, first: 0.1 })).toBeUndefined();
});
