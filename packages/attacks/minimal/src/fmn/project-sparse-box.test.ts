import { onEachBackend } from '@equipoise/internal-testing';
import * as tf from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { projectSparseBox } from './project-sparse-box.js';

const distance = (a: readonly number[], b: readonly number[]) => a.reduce((sum, v, i) => sum + (v - b[i]!) ** 2, 0);

/** The least squared distance from the wanted move, over all choices of entries. */
function leastDistance(delta: readonly number[], cut: readonly number[], count: number): number {
  const choices = Array.from({ length: 1 << delta.length }, (_, bits) => cut.map((c, i) => ((bits >> i) & 1 ? c : 0)));
  return Math.min(...choices.filter((c) => c.filter(Boolean).length <= count).map((c) => distance(c, delta)));
}

onEachBackend(() => {
  test('no other move of so few entries in the box is nearer', () => {
    const entry = fc.float({ min: 0, max: 1, noNaN: true });
    const wanted = fc.float({ min: -2, max: 2, noNaN: true });
    const row = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(row(entry), row(wanted), fc.integer({ min: 1, max: 5 }), (x, delta, count) => {
        const moved = tf.tidy(() =>
          Array.from(projectSparseBox(tf.tensor2d([delta]), tf.tensor2d([x]), tf.tensor1d([count]), [0, 1]).dataSync()),
        );
        const cut = x.map((value, i) => Math.min(1, Math.max(0, value + delta[i]!)) - value);
        // float32: sums of five squares of at most 4
        expect(distance(moved, delta)).toBeLessThanOrEqual(leastDistance(delta, cut, count) + 1e-5);
        moved.forEach((move, i) => expect(Math.abs(move === 0 ? 0 : move - cut[i]!)).toBeLessThanOrEqual(1e-6));
      }),
    );
  });

  test('an entry that cannot move takes nobody’s place', () => {
    const moved = tf.tidy(() =>
      projectSparseBox(tf.tensor2d([[-5, 0.5, 0.2]]), tf.tensor2d([[0, 0, 0]]), tf.tensor1d([1]), [0, 1]).dataSync(),
    );
    expect(Array.from(moved)).toEqual([0, 0.5, 0]);
  });
});
