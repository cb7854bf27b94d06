import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expectError } from '../../test/errors.js';
import { minimalDistances } from './distances.js';
import { robustness } from './robustness.js';

const runs = { numRuns: 100, seed: 1 };

/** Some samples of three classes, and some attacks on them. */
const attacked = fc.integer({ min: 1, max: 12 }).chain((count) => {
  const classes = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: count, maxLength: count });
  const distances = fc.array(fc.double({ min: 0, max: 2, noNaN: true }), { minLength: count, maxLength: count });
  return fc.record({
    labels: classes,
    cleanPredictions: classes,
    attacks: fc.array(fc.record({ predictions: classes, distances }), { minLength: 1, maxLength: 4 }),
  });
});

type Attacked = typeof attacked extends fc.Arbitrary<infer T> ? T : never;

const judge = ({ labels, cleanPredictions, attacks }: Attacked) =>
  robustness({
    labels,
    cleanPredictions,
    adversarialPredictions: attacks.map(({ predictions }) => predictions),
    adversarialDistances: attacks.map(({ distances }) => distances),
  });

describe('robustness', () => {
  test('a sample that is wrong when clean stays wrong, at distance 0, even if an attack repairs it', () => {
    const result = robustness({
      labels: [0, 1],
      cleanPredictions: [1, 1],
      adversarialPredictions: [[0, 1]],
      adversarialDistances: [[0.5, 0.5]],
    });
    expect(result.cleanAccuracy).toBe(0.5);
    expect(result.robustAccuracy).toBe(0.5);
    expect(result.robustAccuracyPerAttack).toEqual([0.5]);
    expect(result.attackSuccessRate).toBe(0);
    expect([...result.fooled]).toEqual([0, 0]);
    expect([...result.distances]).toEqual([0, Infinity]);
  });

  test('the success rate of attacks is undefined where nothing was right', () => {
    const result = robustness({ labels: [0], cleanPredictions: [1], adversarialPredictions: [[1]] });
    expect(result.attackSuccessRate).toBeNaN();
    expect(result.robustAccuracy).toBe(0);
    expect('distances' in result).toBe(false);
  });

  test('every right sample is robust or fooled, and has an infinite distance exactly if robust', () => {
    fc.assert(
      fc.property(attacked, (one) => {
        const { cleanCorrect, robust, fooled, distances, ...shares } = judge(one);
        cleanCorrect.forEach((right, index) => {
          expect(robust[index]! + fooled[index]!).toBe(right);
          expect(distances[index] === Infinity).toBe(robust[index] === 1);
        });
        expect(shares.robustAccuracy).toBeLessThanOrEqual(Math.min(...shares.robustAccuracyPerAttack));
        expect(Math.max(...shares.robustAccuracyPerAttack)).toBeLessThanOrEqual(shares.cleanAccuracy);
      }),
      runs,
    );
  });

  test('one more attack never raises robust accuracy or a distance', () => {
    fc.assert(
      fc.property(attacked, (one) => {
        const [fewer, all] = [judge({ ...one, attacks: one.attacks.slice(0, 1) }), judge(one)];
        expect(all.robustAccuracy).toBeLessThanOrEqual(fewer.robustAccuracy);
        all.distances.forEach((distance, index) => expect(distance).toBeLessThanOrEqual(fewer.distances[index]!));
      }),
      runs,
    );
  });

  test('the order of attacks and of samples changes nothing', () => {
    const backwards = <T>(values: readonly T[]) => [...values].reverse();
    fc.assert(
      fc.property(attacked, (one) => {
        const turned = judge({
          labels: backwards(one.labels),
          cleanPredictions: backwards(one.cleanPredictions),
          attacks: backwards(one.attacks).map(({ predictions, distances }) => ({
            predictions: backwards(predictions),
            distances: backwards(distances),
          })),
        });
        const before = judge(one);
        for (const name of ['cleanAccuracy', 'robustAccuracy', 'attackSuccessRate'] as const) {
          expect(turned[name]).toBe(before[name]);
        }
        expect(turned.robustAccuracyPerAttack).toEqual(backwards(before.robustAccuracyPerAttack));
        expect([...turned.distances]).toEqual(backwards([...before.distances]));
      }),
      runs,
    );
  });

  test('refuses what does not fit together', async () => {
    const right = { labels: [0, 1], cleanPredictions: [0, 1], adversarialPredictions: [[0, 1]] };
    const refuse = (change: object, code: string, message: RegExp) =>
      expectError(() => robustness({ ...right, ...change }), code, message);
    await refuse({ labels: [], cleanPredictions: [] }, 'EQUIPOISE_DATA', /at least one example/);
    await refuse({ adversarialPredictions: [] }, 'EQUIPOISE_DATA', /at least one attack/);
    await refuse({ cleanPredictions: [0] }, 'EQUIPOISE_SHAPE', /cleanPredictions has shape \[1\]; expected \[2\]/);
    await refuse({ adversarialPredictions: [[0, 1], [0]] }, 'EQUIPOISE_SHAPE', /adversarialPredictions\[1\]/);
    await refuse(
      {
        adversarialDistances: [
          [1, 1],
          [1, 1],
        ],
      },
      'EQUIPOISE_SHAPE',
      /adversarialDistances/,
    );
    await refuse({ labels: [0, 0.5] }, 'EQUIPOISE_DATA', /"labels" has the label 0.5 at index 1/);
    await refuse({ cleanPredictions: [NaN, 0] }, 'EQUIPOISE_DATA', /"cleanPredictions" has the label NaN/);
  });
});

describe('minimalDistances', () => {
  test('takes the smallest of what was found and reads nothing else', () => {
    const distances = minimalDistances(
      [true, true, true, false],
      [
        { found: [true, false, false, true], distances: [0.5, NaN, -1, 0.1] },
        { found: [true, true, false, true], distances: [0.25, 2, Infinity, NaN] },
      ],
    );
    expect([...distances]).toEqual([0.25, 2, Infinity, 0]);
  });

  test.each([-0.1, NaN, Infinity])('refuses %d as the distance of a fooled sample', (distance) =>
    expectError(
      () => minimalDistances([1, 1], [{ found: [0, 1], distances: [0, distance] }]),
      'EQUIPOISE_DATA',
      /Attack 0 fooled sample 1 at a distance/,
    ),
  );

  test('refuses no samples, no attacks and arrays of other lengths', async () => {
    await expectError(() => minimalDistances([], []), 'EQUIPOISE_DATA', /at least one example/);
    await expectError(() => minimalDistances([1], []), 'EQUIPOISE_DATA', /at least one attack/);
    const attempt = { found: [1, 1], distances: [1] };
    await expectError(() => minimalDistances([1], [attempt]), 'EQUIPOISE_SHAPE', /found, of attack 0/);
    await expectError(() => minimalDistances([1, 1], [attempt]), 'EQUIPOISE_SHAPE', /distances, of attack 0/);
  });
});
