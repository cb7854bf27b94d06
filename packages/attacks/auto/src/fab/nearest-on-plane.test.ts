import { onEachBackend } from '@equipoise/internal-testing';
import type { Norm } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nearestOnPlane } from './nearest-on-plane.js';

interface Case {
  readonly point: readonly number[];
  readonly normal: readonly number[];
  readonly value: number;
}

const size = 7;
const cases = fc.record({
  point: fc.array(
    fc.integer({ min: 0, max: 8 }).map((i) => i / 8),
    { minLength: size, maxLength: size },
  ),
  normal: fc.array(
    fc.integer({ min: -20, max: 20 }).map((i) => i / 5),
    { minLength: size, maxLength: size },
  ),
  value: fc.integer({ min: -30, max: 30 }).map((i) => i / 10),
});

/** How far each entry can go against its weight. */
const roomOf = ({ point, normal, value }: Case) =>
  normal.map((w, i) => {
    if (w === 0) return 0;
    return w > 0 === value >= 0 ? point[i]! : 1 - point[i]!;
  });

/** Lengths by the definition in float64: a fine search for t, in l1 greedily by falling weight. */
function exactLengths(one: Case, norm: Norm): number[] {
  const room = roomOf(one);
  const weights = one.normal.map(Math.abs);
  const needed = Math.abs(one.value);
  if (norm === 'l1') {
    const lengths = new Array<number>(size).fill(0);
    let left = needed;
    for (const i of [...weights.keys()].sort((a, b) => weights[b]! - weights[a]!)) {
      if (weights[i] === 0) continue;
      lengths[i] = Math.min(room[i]!, left / weights[i]!);
      left -= lengths[i]! * weights[i]!;
    }
    return lengths;
  }
  const at = (t: number) => weights.map((w, i) => Math.min(room[i]!, norm === 'linf' ? t : t * w));
  let [low, high] = [0, 100];
  for (let round = 0; round < 100; round++) {
    const middle = (low + high) / 2;
    if (at(middle).reduce((sum, length, i) => sum + length * weights[i]!, 0) < needed) low = middle;
    else high = middle;
  }
  return at(high);
}

const lengthOf: Readonly<Record<Norm, (d: readonly number[]) => number>> = {
  linf: (d) => Math.max(...d.map(Math.abs)),
  l2: (d) => Math.hypot(...d),
  l1: (d) => d.reduce((sum, one) => sum + Math.abs(one), 0),
};

onEachBackend(() => {
  test.each(['linf', 'l2', 'l1'] as const)(
    'the move in %s is feasible, reaches the plane and is the shortest',
    (norm) => {
      const batches = fc.array(cases, { minLength: 20, maxLength: 20 });
      fc.assert(
        fc.property(batches, (batch) => {
          const moves = tf.tidy(() => {
            const point = tf.tensor2d(batch.map((one) => [...one.point]));
            const normal = tf.tensor2d(batch.map((one) => [...one.normal]));
            const value = tf.tensor1d(batch.map((one) => one.value));
            return nearestOnPlane({ point, normal, value }, norm, [0, 1]).arraySync() as number[][];
          });
          batch.forEach((one, row) => {
            const move = moves[row]!;
            const weights = one.normal.map(Math.abs);
            const exact = exactLengths(one, norm);
            const gained = (lengths: readonly number[]) =>
              lengths.reduce((sum, d, i) => sum + Math.abs(d) * weights[i]!, 0);
            move.forEach((d, i) => {
              expect(one.point[i]! + d).toBeGreaterThanOrEqual(-1e-6);
              expect(one.point[i]! + d).toBeLessThanOrEqual(1 + 1e-6);
              expect(d * one.normal[i]! * (one.value >= 0 ? 1 : -1)).toBeLessThanOrEqual(0);
            });
            expect(gained(move)).toBeCloseTo(gained(exact), 4);
            expect(lengthOf[norm](move)).toBeCloseTo(lengthOf[norm](exact), 4);
          });
        }),
        { seed: 7, numRuns: 6 },
      );
    },
  );
});
