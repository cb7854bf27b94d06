import { countCalls } from '@equipoise/ascent';
import { ddn, deepfool, fmn } from '@equipoise/attack-minimal';
import { fgm, pgd } from '@equipoise/attack-pgd';
import { toyModel } from '@equipoise/conformance';
import { fixtureArray, forEachAttackFixture, onEachBackend } from '@equipoise/internal-testing';
import { createRng, distancesBetween, inference } from '@equipoise/kit';
import type { Attack, AttackProblem, Model, Norm, RunContext } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { minimalEps, repeat, worstOf } from '../src/index.js';

const context: RunContext = { rng: createRng(3), report: () => undefined };
const batch = 8;

onEachBackend(() => {
  describe('the smallest radius on a linear classifier is the closed form', () => {
    forEachAttackFixture(['minimal-distance'], async ({ fixture, model, x, labels }) => {
      const closest = fixtureArray(fixture.expected['closestClass']).data;
      const distances = fixtureArray(fixture.expected['minimalDistance']).data.slice(0, closest.length);
      const norm = fixture.options.norm as Norm;
      const sparsity = norm === 'l1' ? { sparsity: 1e-3 } : {};
      const inner = pgd({ norm, eps: 0.1, steps: 30, randomStart: false, objective: 'margin', ...sparsity });
      const problem: AttackProblem = {
        model,
        x: tf.slice(x, [0], [closest.length]),
        labels: tf.slice(labels, [0], [closest.length]),
        targets: tf.tensor1d(closest, 'int32'),
        sampleIndices: closest.map((_, index) => index),
      };
      const { adversarial, success } = await minimalEps({ attack: inner, tolerance: 2e-3 }).doPerturb(problem, context);
      expect([...(await success.data())]).toEqual(closest.map(() => 1));
      const found = await distancesBetween(problem.x, adversarial, norm);
      found.forEach((one, row) => {
        expect(one).toBeGreaterThan(0.999 * distances[row]!);
        expect(one).toBeLessThan(1.01 * distances[row]!);
      });
      tf.dispose([problem.x, problem.labels, problem.targets!, adversarial, success]);
    });
  });

  describe('on a small network', () => {
    let model: Model;
    let problem: AttackProblem;
    beforeEach(() => {
      tf.engine().startScope();
      model = toyModel(3);
      const x = tf.tensor(
        createRng(5)
          .fork('x')
          .uniforms(batch * 16),
        [batch, 4, 4, 1],
      );
      const predicted = tf.cast(tf.argMax(model.forward(x, inference).logits!, 1), 'int32') as tf.Tensor1D;
      const wrongLast = [...predicted.dataSync()].map((label, row) => (row === batch - 1 ? (label + 1) % 3 : label));
      problem = { model, x, labels: tf.tensor1d(wrongLast, 'int32'), sampleIndices: [...wrongLast.keys()] };
    });
    afterEach(() => {
      tf.engine().endScope();
      model.dispose();
    });
    const run = async (attack: Attack, on = problem) => {
      const { adversarial, success } = await attack.doPerturb(on, context);
      const distance = await distancesBetween(on.x, adversarial, 'linf');
      return { adversarial: [...(await adversarial.data())], success: [...(await success.data())], distance };
    };

    test('the worst of several breaks what each of them breaks', async () => {
      const attacks = [fgm({ eps: 0.08 }), pgd({ eps: 0.08, steps: 10 })];
      const worst = await run(worstOf({ attacks }));
      for (const attack of attacks) {
        (await run(attack)).success.forEach((one, row) => expect(worst.success[row]).toBeGreaterThanOrEqual(one));
      }
    });

    test('later attacks see only the samples that are left', async () => {
      const counting = countCalls(model);
      const first = await run(fgm({ eps: 0.08 }));
      const left = first.success.filter((one) => one === 0).length;
      expect(left).toBeGreaterThan(0);
      expect(left).toBeLessThan(batch);
      await run(worstOf({ attacks: [fgm({ eps: 0.08 }), fgm({ eps: 0.08 })] }), { ...problem, model: counting.model });
      // The last one is misclassified as it is.
      expect(counting.calls.backward).toBe(batch - 1 + left);
    });

    test('where all attacks fail, the input of the highest loss comes back', async () => {
      const weak = [fgm({ eps: 1e-4 }), fgm({ eps: 2e-3 }), fgm({ eps: 1e-3 })];
      const { success, distance } = await run(worstOf({ attacks: weak }));
      expect(success).toEqual([0, 0, 0, 0, 0, 0, 0, 1]);
      distance.slice(0, -1).forEach((one) => expect(Math.abs(one - 2e-3)).toBeLessThan(1e-6));
      expect(distance.at(-1)).toBe(0);
    });

    test('of searches the nearest success of each sample', async () => {
      const attacks = [deepfool({ norm: 'linf' }), fmn({ norm: 'linf', steps: 30 })];
      const worst = worstOf({ attacks });
      expect(worst.threat).toEqual({ norm: 'linf' });
      const { distance, success } = await run(worst);
      const each = [await run(attacks[0]!), await run(attacks[1]!)];
      expect(success).toEqual(new Array(batch).fill(1));
      distance.forEach((one, row) => expect(one).toBe(Math.min(...each.map((single) => single.distance[row]!))));
      expect(new Set(each.map((single) => distance[0] === single.distance[0])).size).toBe(2);
    });

    test('a search beside an attack with a radius counts within that radius', async () => {
      const attacks = [fgm({ eps: 1e-4 }), deepfool({ norm: 'linf' })];
      const alone = await run(attacks[1]!);
      const median = [...alone.distance].sort((a, b) => a - b)[batch / 2]!;
      const both = worstOf({ attacks: [fgm({ eps: median }), attacks[1]!] });
      expect(both.threat).toEqual({ norm: 'linf', eps: median });
      const { success, distance } = await run(both);
      expect(success).toContain(0);
      distance.forEach((one, row) => {
        expect(one).toBeLessThanOrEqual(median * (1 + 1e-5));
        if (alone.distance[row]! <= median) expect(success[row]).toBe(1);
      });
    });

    test('radii in different norms: a success in any, no common promise, and no radius of the problem', async () => {
      const attacks = [pgd({ eps: 0.05, steps: 5 }), pgd({ norm: 'l2', eps: 0.2, steps: 5 })];
      const either = worstOf({ attacks });
      expect([either.threat, either.supports.norms]).toEqual([undefined, ['linf', 'l2']]);
      const { success } = await run(either);
      for (const attack of attacks) {
        (await run(attack)).success.forEach((one, row) => expect(success[row]).toBeGreaterThanOrEqual(one));
      }
      await expect(run(either, { ...problem, eps: 0.1 })).rejects.toThrow(/one norm/);
    });

    test('a radius of the problem takes the place of the largest of the attacks', async () => {
      const worst = worstOf({ attacks: [fgm({ eps: 0.1 }), fgm({ eps: [0.2, 0.05, 0.2, 0, 0, 0, 0, 0.3] })] });
      expect(worst.threat).toEqual({ norm: 'linf', eps: [0.2, 0.1, 0.2, 0.1, 0.1, 0.1, 0.1, 0.3] });
      const { distance } = await run(worst, { ...problem, eps: 0.01 });
      distance.forEach((one) => expect(one).toBeLessThan(0.01 + 1e-6));
    });

    test('repeats break no less than one run, and use a stream each', async () => {
      const attack = pgd({ eps: 0.05, steps: 2 });
      const often = await run(repeat({ attack, times: 6 }));
      const once = await run(repeat({ attack, times: 1 }));
      once.success.forEach((one, row) => expect(often.success[row]).toBeGreaterThanOrEqual(one));
    });

    test('the smallest radius: wrong samples stay, no success of a much smaller ball is missed', async () => {
      const inner = pgd({ eps: 0.1, steps: 10, earlyStop: true, randomStart: false });
      const found = await run(minimalEps({ attack: inner, tolerance: 0.02 }));
      expect(found.distance[batch - 1]).toBe(0);
      expect(found.success).toEqual(new Array(batch).fill(1));
      const eps = [...found.distance].map((one) => 0.9 * one);
      const below = await run(inner, { ...problem, eps });
      below.success.slice(0, -1).forEach((one) => expect(one).toBe(0));
    });

    test('the smallest radius is never larger than where a search in the same norm ends, by much', async () => {
      const inner = pgd({ norm: 'l2', eps: 0.5, steps: 30, objective: 'margin', randomStart: false });
      const { adversarial, success } = await minimalEps({ attack: inner }).doPerturb(problem, context);
      const found = await distancesBetween(problem.x, adversarial, 'l2');
      const search = await ddn({ steps: 200, candidates: 2 }).doPerturb(problem, context);
      const nearest = await distancesBetween(problem.x, search.adversarial, 'l2');
      expect([...(await success.data())]).toEqual(new Array(batch).fill(1));
      found.forEach((one, row) => expect(one).toBeLessThanOrEqual(1.05 * nearest[row]!));
    });

    test('only samples that are still searched are attacked, and a radius of the problem is the largest', async () => {
      const sizes: number[] = [];
      const inner = pgd({ eps: 0.1, steps: 3, randomStart: false });
      const watched: Attack = {
        ...inner,
        doPerturb: (on, own) => {
          sizes.push(on.x.shape[0]!);
          return inner.doPerturb(on, own);
        },
      };
      const eps = [0.001, 0.002, 1, 1, 1, 1, 1, 1];
      const { success, distance } = await run(minimalEps({ attack: watched }), { ...problem, eps });
      expect(sizes[0]).toBe(batch - 1);
      sizes.slice(1).forEach((size, round) => expect(size).toBeLessThanOrEqual(sizes[round]!));
      expect(sizes.at(-1)).toBeLessThan(batch - 2);
      expect(success).toEqual([0, 0, 1, 1, 1, 1, 1, 1]);
      expect([...distance.slice(0, 2)]).toEqual([0, 0]);
    });

    test('no radius up to the maximum succeeds: a failure that says so', async () => {
      const found = await run(minimalEps({ attack: fgm({ eps: 1e-6 }), first: 1e-7, maximum: 1e-6 }));
      expect(found.success).toEqual([...new Array<number>(batch - 1).fill(0), 1]);
    });

    test('a criterion without rows sees whole batches; the result is that of one with rows', async () => {
      const criterion = (x: tf.Tensor) => {
        expect(x.shape[0]).toBe(batch);
        return tf.notEqual(tf.argMax(model.forward(x, inference).logits!, 1), problem.labels) as tf.Tensor1D;
      };
      const byRows = (x: tf.Tensor, rows: tf.Tensor1D) =>
        tf.notEqual(tf.argMax(model.forward(x, inference).logits!, 1), tf.gather(problem.labels, rows)) as tf.Tensor1D;
      const attack = worstOf({ attacks: [fgm({ eps: 0.08 }), pgd({ eps: 0.08, steps: 5 })] });
      const whole = await run(attack, { ...problem, criterion });
      const cut = await run(attack, { ...problem, criterion: byRows, selectsRows: true });
      expect(whole.success).toEqual(cut.success);
    });

    test('nothing is left behind when an attack throws', async () => {
      const failing: Attack = { ...fgm({ eps: 0.1 }), doPerturb: async () => Promise.reject(new RangeError('no')) };
      const before = tf.memory().numTensors;
      await expect(run(worstOf({ attacks: [fgm({ eps: 0.01 }), failing] }))).rejects.toThrow('no');
      expect(tf.memory().numTensors).toBe(before);
    });
  });

  test('refuses what cannot work', () => {
    const nearest: Attack = { ...fgm({ eps: 0.1 }), threat: { norm: 'l2' } };
    expect(() => minimalEps({ attack: nearest })).toThrow(/a radius to vary/);
    expect(() => repeat({ attack: fgm({ eps: 0.1 }), times: 3 })).toThrow(/not random/);
    expect(() => worstOf({ attacks: [] })).toThrow(/attacks/);
    expect(() => worstOf({ attacks: [deepfool({ norm: 'l2' }), fgm({ eps: 0.1 })] })).toThrow(/attacks\.0.*l2, linf/);
    expect(() => minimalEps({ attack: deepfool({}) })).toThrow(
      expect.objectContaining({ code: 'EQUIPOISE_UNSUPPORTED' }),
    );
    expect(() => minimalEps({ attack: fgm({ eps: 0.1 }), first: 1, maximum: 0.5 })).toThrow(/maximum/);
  });
});
