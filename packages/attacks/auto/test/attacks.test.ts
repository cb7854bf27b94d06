import { countCalls } from '@equipoise/ascent';
import { pgd } from '@equipoise/attack-pgd';
import { onEachBackend } from '@equipoise/internal-testing';
import { createRng, distancesBetween, inference, runAttack } from '@equipoise/kit';
import { type Attack, type AttackProblem, EquipoiseError, type Model, type Norm } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { apgd, apgdTargeted, autoAttack, fab, fabTargeted, square } from '../src/index.js';
import { type Scene, sceneOf, warningsIn } from './scene.js';

const batch = 12;
const norms = ['linf', 'l2', 'l1'] as const;
/** Radii at which some of the samples break and some do not. */
const radii: Readonly<Record<Norm, number>> = { linf: 0.15, l2: 0.6, l1: 1.6 };

onEachBackend(() => {
  let scene: Scene;
  beforeEach(() => {
    tf.engine().startScope();
    scene = sceneOf({ batch });
  });
  afterEach(() => {
    scene.dispose();
    tf.engine().endScope();
  });
  const run = (attack: Attack, changes: Partial<AttackProblem> = {}) =>
    runAttack(attack, { ...scene.problem, ...changes }, scene.context);
  const brokenBy = async (attack: Attack, changes: Partial<AttackProblem> = {}) => {
    const success = [...(await (await run(attack, changes)).success.data())];
    return success.reduce((sum, one) => sum + one, 0);
  };

  describe.each(norms)('in %s', (norm) => {
    const eps = radii[norm];

    test('Auto-PGD breaks no fewer samples than PGD with the same steps, and the cascade no fewer than Auto-PGD', async () => {
      const byPgd = await brokenBy(pgd({ norm, eps, steps: 20, sparsity: norm === 'l1' ? 0.1 : 1 }));
      const byApgd = await brokenBy(apgd({ norm, eps, steps: 20 }));
      const byAll = await brokenBy(autoAttack({ norm, eps, steps: 20, queries: 5 }));
      expect(byPgd).toBeGreaterThan(0);
      expect(byPgd).toBeLessThan(batch);
      expect(byApgd).toBeGreaterThanOrEqual(byPgd);
      expect(byAll).toBeGreaterThanOrEqual(byApgd);
    });

    test('FAB with a radius breaks samples at no more than that radius', async () => {
      const { adversarial, success } = await run(fabTargeted({ norm, eps, steps: 15 }));
      const verdicts = [...(await success.data())];
      const distances = await distancesBetween(scene.problem.x, adversarial, norm);
      expect(verdicts).toContain(1);
      verdicts.forEach((broken, row) => {
        expect(distances[row]).toBeLessThanOrEqual(broken ? eps * (1 + 1e-6) : 0);
      });
    });

    test('FAB without a radius finds the distance below which targeted Auto-PGD breaks nothing, and above which it does', async () => {
      const { adversarial, success } = await run(fabTargeted({ norm, steps: 20 }));
      expect(new Set(await success.data())).toEqual(new Set([1]));
      const distances = [...(await distancesBetween(scene.problem.x, adversarial, norm))];
      const around = (factor: number) => ({ eps: distances.map((one) => factor * one) });
      const attack = apgdTargeted({ norm, eps, steps: 15 });
      expect(await brokenBy(attack, around(0.98))).toBe(0);
      // From one random start l1 finds the few entries that matter in most samples only; so does the authors' code.
      expect(await brokenBy(attack, around(1.1))).toBeGreaterThanOrEqual(norm === 'l1' ? 7 : batch);
    });

    test('restarts of FAB never end farther away', async () => {
      const once = await run(fab({ norm, steps: 5 }));
      const often = await run(fab({ norm, steps: 5, restarts: 3 }));
      const [single, several] = await Promise.all(
        [once, often].map(({ adversarial }) => distancesBetween(scene.problem.x, adversarial, norm)),
      );
      several!.forEach((distance, row) => expect(distance).toBeLessThanOrEqual(single![row]! + 1e-6));
    });

    test('Square breaks samples without a gradient, more of them with more queries', async () => {
      const counted = countCalls(scene.model);
      const few = await brokenBy(square({ norm, eps: 2 * eps, queries: 5 }), { model: counted.model });
      const many = await brokenBy(square({ norm, eps: 2 * eps, queries: 120 }), { model: counted.model });
      expect(counted.calls.backward).toBe(0);
      expect(many).toBeGreaterThan(0);
      expect(many).toBeGreaterThanOrEqual(few);
    });
  });

  describe('Auto-PGD', () => {
    test('never lowers the objective that it began with, and more steps never find less', async () => {
      const best = async (steps: number) => {
        const { adversarial } = await run(apgd({ norm: 'l1', eps: 1, steps, keep: 'value', shrinkingRadius: false }));
        return lossOf(scene.model, adversarial, scene.problem.labels);
      };
      const [few, many] = [await best(2), await best(25)];
      many.forEach((value, row) => expect(value).toBeGreaterThanOrEqual(few[row]! - 1e-6));
    });

    test('a restart from a random point helps the given start, and does not replace it', async () => {
      const start = tf.clone(scene.problem.x);
      const eps = 0.05;
      const single = await run(apgd({ eps, steps: 5, keep: 'value' }), { start });
      const several = await run(apgd({ eps, steps: 5, keep: 'value', restarts: 3 }), { start });
      const [once, often] = await Promise.all(
        [single, several].map(({ adversarial }) => lossOf(scene.model, adversarial, scene.problem.labels)),
      );
      often!.forEach((value, row) => expect(value).toBeGreaterThanOrEqual(once![row]! - 1e-6));
    });

    test('maximises an objective of the problem', async () => {
      const objective = (x: tf.Tensor) => tf.sum(x, [1, 2, 3]) as tf.Tensor1D;
      const { adversarial } = await run(apgd({ eps: 0.1, steps: 10, keep: 'value' }), { objective });
      const expected = await tf.minimum(tf.add(scene.problem.x, 0.1), 1).data();
      (await adversarial.data()).forEach((value, index) => expect(value).toBeCloseTo(expected[index]!, 5));
    });

    test('averages over the draws of a model that is random', async () => {
      const counted = countCalls(scene.model);
      await run(apgd({ eps: 0.1, steps: 3, expectationSamples: 4, randomStart: false }), { model: counted.model });
      expect(counted.calls.backward).toBe(batch * 3 * 4);
    });

    test('the difference of logits ratio needs three classes, its targeted form four, and says so', async () => {
      for (const [classes, attack] of [
        [2, apgd({ eps: 0.1, objective: 'difference-of-logits-ratio' })],
        [3, apgdTargeted({ eps: 0.1 })],
      ] as const) {
        const few = sceneOf({ classes });
        const error: unknown = await runAttack(attack, few.problem, few.context).catch((thrown: unknown) => thrown);
        expect(EquipoiseError.isInstance(error, 'EQUIPOISE_UNSUPPORTED')).toBe(true);
        expect((error as Error).message).toMatch(new RegExp(`${classes + 1} classes.*a model with ${classes}`));
        few.dispose();
      }
    });
  });

  describe('targeted Auto-PGD', () => {
    test('with all other classes breaks no fewer samples than with one', async () => {
      const options = { eps: 0.1, steps: 15 };
      const one = await brokenBy(apgdTargeted({ ...options, targetClasses: 1 }));
      const all = await brokenBy(apgdTargeted(options));
      expect(one).toBeGreaterThan(0);
      expect(all).toBeGreaterThanOrEqual(one);
    });

    test('refuses an objective of the problem', async () => {
      const objective = (x: tf.Tensor) => tf.sum(x, [1, 2, 3]) as tf.Tensor1D;
      await expect(run(apgdTargeted({ eps: 0.1 }), { objective })).rejects.toThrow(/objectives other than its own/);
      await expect(run(fab({ eps: 0.1 }), { objective })).rejects.toThrow(/objectives other than its own/);
    });
  });

  describe('Square', () => {
    test.each([[[16]], [[4, 4]], [[3, 3, 2]], [[2, 2, 2, 2]]])('searches inputs of shape %s', async (inputShape) => {
      const other = sceneOf({ inputShape });
      for (const norm of norms) {
        const attack = square({ norm, eps: 4 * radii[norm], queries: 40, rescaleSchedule: true });
        const { success } = await runAttack(attack, other.problem, other.context);
        expect([...(await success.data())]).toContain(1);
      }
      expect(warningsIn(other.events)).toEqual([]);
      other.dispose();
    });

    test('gives back what is wrong already, and asks no more about it', async () => {
      const labels = tf.cast(tf.mod(tf.add(scene.problem.labels, 1), 5), 'int32') as tf.Tensor1D;
      const counted = countCalls(scene.model);
      const problem = { ...scene.problem, labels, model: counted.model };
      const { adversarial, success } = await square({ eps: 0.1, queries: 50 }).doPerturb(problem, scene.context);
      expect(new Set(await success.data())).toEqual(new Set([1]));
      expect([...(await adversarial.data())]).toEqual([...(await scene.problem.x.data())]);
      expect(counted.calls.forward).toBe(batch);
    });

    test('begins where the problem says', async () => {
      const start = tf.clipByValue(tf.add(scene.problem.x, 0.3), 0, 1);
      const objective = (x: tf.Tensor) => tf.neg(tf.sum(tf.abs(tf.sub(x, start)), [1, 2, 3])) as tf.Tensor1D;
      const { adversarial } = await run(square({ eps: 0.3, queries: 5 }), { start, objective });
      expect((await tf.max(tf.abs(tf.sub(adversarial, start))).data())[0]).toBeLessThan(1e-6);
    });

    test('draws for each sample from its own index', async () => {
      const attack = square({ norm: 'l2', eps: 0.05, queries: 8 });
      const all = await run(attack);
      const rows = [7, 3];
      const some = await run(attack, {
        x: tf.gather(scene.problem.x, rows),
        labels: tf.gather(scene.problem.labels, rows),
        sampleIndices: rows,
      });
      const expected = [...(await tf.gather(all.adversarial, rows).data())];
      (await some.adversarial.data()).forEach((value, index) => expect(value).toBeCloseTo(expected[index]!, 6));
    });
  });

  test('a mask with anything but zeros and ones is refused by all', async () => {
    const mask = tf.fill([4, 4, 1], 0.5);
    const attacks = [apgd, apgdTargeted, fab, fabTargeted, square, autoAttack];
    for (const make of attacks) await expect(run(make({ eps: 0.1 }), { mask })).rejects.toThrow(/mask/);
  });

  test('streams of different seeds find different points', async () => {
    const found = async (seed: number) => {
      const context = { ...scene.context, rng: createRng(seed) };
      const { adversarial } = await apgd({ eps: 0.1, steps: 1, keep: 'value' }).doPerturb(scene.problem, context);
      return [...(await adversarial.data())];
    };
    expect(await found(1)).toEqual(await found(1));
    expect(await found(1)).not.toEqual(await found(2));
  });
});

async function lossOf(model: Model, x: tf.Tensor, labels: tf.Tensor1D): Promise<number[]> {
  const losses = tf.tidy(() => {
    const logits = model.forward(x, inference).logits!;
    const right = tf.sum(tf.mul(logits, tf.cast(tf.oneHot(labels, logits.shape[1], 1, 0, 'int32'), 'float32')), 1);
    return tf.sub(tf.logSumExp(logits, 1), right);
  });
  return [...(await losses.data())];
}
