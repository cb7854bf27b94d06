import { activateBackend } from '@equipoise/internal-testing';
import { createRng, distancesBetween } from '@equipoise/kit';
import type { Attack, AttackProblem, Norm, RunContext } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { carliniWagner, ddn, deepfool, fmn } from '../src/index.js';
import { dualSize, type LinearCase, linearCase } from './linear.js';

const context: RunContext = { rng: createRng(0), report: () => undefined };
const candidates = 3;
const quickSearch = {
  searchSteps: 5,
  steps: 60,
  finalStepSize: 1e-4,
  initialConst: 0.01,
  abortEarly: false,
  candidates,
} as const;

const attacks: readonly (readonly [string, Norm, Attack])[] = [
  ['DeepFool linf', 'linf', deepfool({ norm: 'linf', overshoot: 0.005 })],
  ['DeepFool l2', 'l2', deepfool({ norm: 'l2', overshoot: 0.005 })],
  ['FMN linf', 'linf', fmn({ norm: 'linf', candidates })],
  ['FMN l2', 'l2', fmn({ norm: 'l2', candidates })],
  ['FMN l1', 'l1', fmn({ norm: 'l1', candidates })],
  ['DDN', 'l2', ddn({ steps: 200, candidates })],
  ['Carlini-Wagner', 'l2', carliniWagner(quickSearch)],
];

async function distancesOf(attack: Attack, problem: AttackProblem, norm: Norm | 'l0') {
  const { adversarial, success } = await attack.doPerturb(problem, context);
  const distances = await distancesBetween(problem.x, adversarial, norm);
  const found = [...(await success.data())];
  tf.dispose([adversarial, success]);
  return { distances: [...distances], found };
}

/** Within 1 % from above; 1e-6 is the rounding of float32 inputs, which distances near zero feel. */
function expectNear(distances: readonly number[], closed: readonly number[]): void {
  distances.forEach((distance, row) => {
    expect(distance).toBeGreaterThanOrEqual(closed[row]! * (1 - 1e-3) - 1e-6);
    expect(distance).toBeLessThanOrEqual(closed[row]! * 1.01 + 1e-6);
  });
}

/** The distance of each sample to the nearest other class, where only some entries move. */
function nearest({ gaps, labels, between }: LinearCase, norm: Norm, mask: readonly number[]): number[] {
  return gaps.map((gap, row) => {
    const y = labels[row] as number;
    const ways = gap.map((one, j) =>
      j === y
        ? Infinity
        : -one /
          dualSize(
            between(j, y).map((w, i) => w * mask[i]!),
            norm,
          ),
    );
    return Math.min(...ways);
  });
}

// The other backends see the fixtures; here the laws are many and the tensors tiny.
beforeAll(() => activateBackend('cpu'));

describe('distances', () => {
  describe.each(attacks)('%s on random linear classifiers', (_, norm, attack) => {
    test.each([1, 2])('comes within 1 percent of the closed form, from above (seed %i)', async (seed) => {
      const one = linearCase(seed, 2 + seed);
      const { distances, found } = await distancesOf(attack, one.problem, norm);
      expect(found).toEqual(found.map(() => 1));
      expectNear(distances, nearest(one, norm, new Array<number>(8).fill(1)));
      one.dispose();
    });

    test('with a mask: the closed form of the entries that may move, the others stay', async () => {
      const one = linearCase(7, 3, 0.03);
      const pattern = [1, 0, 1, 1, 0, 1, 1, 0];
      const mask = tf.tensor1d(pattern);
      const problem = { ...one.problem, mask };
      const { adversarial, success } = await attack.doPerturb(problem, context);
      expectNear([...(await distancesBetween(problem.x, adversarial, norm))], nearest(one, norm, pattern));
      const moved = tf.tidy(() => tf.max(tf.mul(tf.abs(tf.sub(adversarial, problem.x)), tf.sub(1, mask))));
      expect((await moved.data())[0]).toBe(0);
      tf.dispose([adversarial, success, moved, mask]);
      one.dispose();
    });

    test('aimed at the other of two classes: the margin to it', async () => {
      const one = linearCase(11, 2);
      const targets = tf.tensor1d(
        one.labels.map((label) => 1 - label),
        'int32',
      );
      const { distances, found } = await distancesOf(attack, { ...one.problem, targets }, norm);
      expect(found).toEqual(found.map(() => 1));
      expectNear(distances, nearest(one, norm, new Array<number>(8).fill(1)));
      targets.dispose();
      one.dispose();
    });

    test('aimed at one of four classes: reached, from above the farthest of its boundaries', async () => {
      const one = linearCase(13, 4);
      const aims = one.labels.map((label) => (label + 1) % 4);
      const targets = tf.tensor1d(aims, 'int32');
      const { distances, found } = await distancesOf(attack, { ...one.problem, targets }, norm);
      expect(found).toEqual(found.map(() => 1));
      distances.forEach((distance, row) => {
        const t = aims[row] as number;
        const gap = one.gaps[row] as readonly number[];
        const bounds = gap.map((z, j) => (j === t ? 0 : (z - gap[t]!) / dualSize(one.between(t, j), norm)));
        expect(distance).toBeGreaterThanOrEqual(Math.max(...bounds) * (1 - 1e-3));
      });
      targets.dispose();
      one.dispose();
    });
  });

  test('FMN in l0: as few entries as the largest gains of the box allow, or one more', async () => {
    const one = linearCase(17, 2);
    const { distances, found } = await distancesOf(fmn({ norm: 'l0' }), one.problem, 'l0');
    expect(found).toEqual(found.map(() => 1));
    const x = one.problem.x.dataSync();
    distances.forEach((distance, row) => {
      const y = one.labels[row] as number;
      const w = one.between(1 - y, y);
      const gains = w.map((weight, i) => Math.abs(weight) * (weight > 0 ? 1 - x[row * 8 + i]! : x[row * 8 + i]!));
      let missing = -one.gaps[row]![1 - y]!;
      const fewest = gains.sort((a, b) => b - a).findIndex((gain) => (missing -= gain) < 0) + 1;
      expect(distance).toBeGreaterThanOrEqual(fewest);
      expect(distance).toBeLessThanOrEqual(fewest + 1);
    });
    one.dispose();
  });
});
