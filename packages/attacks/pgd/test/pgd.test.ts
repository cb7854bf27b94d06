import { countCalls } from '@equipoise/ascent';
import { toyModel } from '@equipoise/conformance';
import { expectClose, fixtureArray, forEachAttackFixture, onEachBackend } from '@equipoise/internal-testing';
import { createRng, inference, runAttack, sampleNorm } from '@equipoise/kit';
import type { AttackProblem, Model, RunContext, RunEvent } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fgm, fgsm, pgd } from '../src/index.js';

const batch = 6;
const indices = [0, 1, 2, 3, 4, 5];

onEachBackend(() => {
  let model: Model;
  let problem: AttackProblem;
  let events: RunEvent[];
  let context: RunContext;
  beforeEach(() => {
    tf.engine().startScope();
    model = toyModel(3);
    const x = tf.tensor(
      createRng(5)
        .fork('x')
        .uniforms(batch * 16),
      [batch, 4, 4, 1],
    );
    problem = { model, x, labels: predicted(model, x), sampleIndices: indices };
    events = [];
    context = { rng: createRng(1), report: (event) => events.push(event) };
  });
  afterEach(() => {
    tf.engine().endScope();
    model.dispose();
  });
  const predicted = (of: Model, x: tf.Tensor) =>
    tf.cast(tf.argMax(of.forward(x, inference).logits!, 1), 'int32') as tf.Tensor1D;
  const successes = async (attack: ReturnType<typeof pgd>, on = problem) => {
    const { adversarial, success } = await runAttack(attack, on, context);
    return { adversarial, success: [...(await success.data())] };
  };
  const count = (success: readonly number[]) => success.reduce((sum, one) => sum + one, 0);
  const moved = (x: tf.Tensor, norm: 'linf' | 'l2' | 'l1') => sampleNorm(tf.sub(x, problem.x), norm).dataSync();

  describe('on a linear classifier', () => {
    forEachAttackFixture(['minimal-distance'], async ({ fixture, x, labels, model: linear }) => {
      const distances = fixtureArray(fixture.expected['minimalDistance']).data;
      const { norm } = fixture.options;
      const on: AttackProblem = { model: linear, x, labels, sampleIndices: distances.map((_, index) => index) };
      // A dense l1 step is not the steepest one; one coordinate at a time is.
      const attack = pgd({
        norm,
        eps: 1,
        steps: 100,
        randomStart: false,
        objective: 'margin',
        ...(norm === 'l1' ? { sparsity: 1e-3 } : {}),
      });
      const below = await attack.doPerturb({ ...on, eps: distances.map((one) => 0.99 * one) }, context);
      expect([...(await below.success.data())]).toEqual(distances.map((one) => Number(one === 0)));
      const closest = fixtureArray(fixture.expected['closestClass']).data;
      const rows = closest.length;
      const aimed: AttackProblem = {
        model: linear,
        x: tf.slice(x, [0], [rows]),
        labels: tf.slice(labels, [0], [rows]),
        targets: tf.tensor1d(closest, 'int32'),
        sampleIndices: closest.map((_, index) => index),
        eps: distances.slice(0, rows).map((one) => 1.01 * one),
      };
      const above = await attack.doPerturb(aimed, context);
      expect([...(await above.success.data())]).toEqual(closest.map(() => 1));
    });
  });

  test('restarts break what one start breaks, and more steps never undo a success', async () => {
    const base = { eps: 0.06, steps: 3 };
    const once = await successes(pgd(base));
    const often = await successes(pgd({ ...base, restarts: 4 }));
    const longer = await successes(pgd({ ...base, steps: 30, stepSize: 0.05 }));
    const short = await successes(pgd({ ...base, steps: 10, stepSize: 0.05 }));
    once.success.forEach((success, row) => expect(often.success[row]).toBeGreaterThanOrEqual(success));
    short.success.forEach((success, row) => expect(longer.success[row]).toBeGreaterThanOrEqual(success));
  });

  test('an early stop finds the same successes with fewer calls', async () => {
    const whole = countCalls(model);
    const early = countCalls(model);
    const plain = await pgd({ eps: 0.2, steps: 20 }).doPerturb({ ...problem, model: whole.model }, context);
    const stopped = await pgd({ eps: 0.2, steps: 20, earlyStop: true }).doPerturb(
      { ...problem, model: early.model },
      context,
    );
    expect([...stopped.success.dataSync()]).toEqual([...plain.success.dataSync()]);
    expect(whole.calls).toEqual({ forward: 21 * batch, backward: 20 * batch });
    expect(early.calls.forward).toBeLessThan(whole.calls.forward);
    expect(count([...plain.success.dataSync()])).toBeGreaterThan(0);
  });

  test('each sample has its own radius, from the problem', async () => {
    const eps = [0, 0.01, 0.02, 0.05, 0.1, 0.2];
    const { adversarial } = await successes(pgd({ eps: 0.3, steps: 5, keep: 'value' }), { ...problem, eps });
    moved(adversarial, 'linf').forEach((size, row) => expect(Math.abs(size - eps[row]!)).toBeLessThan(1e-6));
  });

  test('a given step size grows with a radius that takes the place of the own one', async () => {
    const attack = pgd({ eps: 0.2, stepSize: 0.1, steps: 1, randomStart: false, keep: 'last', norm: 'l2' });
    const { adversarial } = await successes(attack, { ...problem, eps: 0.02 });
    for (const size of moved(adversarial, 'l2')) expect(size).toBeLessThanOrEqual(0.01 + 1e-6);
  });

  test.each(['linf', 'l2', 'l1'] as const)('%s: where the mask is zero nothing moves', async (norm) => {
    const mask = tf.tensor([...new Array<number>(8).fill(1), ...new Array<number>(8).fill(0)], [4, 4, 1]);
    const { adversarial } = await successes(pgd({ norm, eps: 1, steps: 4, keep: 'value' }), { ...problem, mask });
    const delta = tf.abs(tf.sub(adversarial, problem.x));
    expect(tf.max(tf.slice(delta, [0, 2], [-1, 2])).dataSync()[0]).toBe(0);
    expect(tf.min(tf.max(tf.reshape(delta, [batch, 16]), 1)).dataSync()[0]).toBeGreaterThan(0);
  });

  test('aimed: the targets are what is reached', async () => {
    const targets = tf.cast(tf.mod(tf.add(problem.labels, 1), 3), 'int32') as tf.Tensor1D;
    const { adversarial, success } = await successes(pgd({ eps: 1, steps: 30 }), { ...problem, targets });
    const reached = predicted(model, adversarial).dataSync();
    expect(count(success)).toBeGreaterThan(0);
    success.forEach((one, row) => expect(reached[row] === targets.dataSync()[row]).toBe(Boolean(one)));
  });

  test('an objective of the own: the brightest picture in the ball', async () => {
    const objective = (x: tf.Tensor) => tf.sum(tf.reshape(x, [-1, 16]), 1) as tf.Tensor1D;
    const { adversarial } = await successes(pgd({ eps: 0.1, steps: 10, keep: 'value' }), { ...problem, objective });
    expectClose(adversarial, tf.clipByValue(tf.add(problem.x, 0.1), 0, 1));
  });

  test('gradients that are masked are told, and a surrogate gets around them', async () => {
    const stepped: Model = {
      ...model,
      variables: model.variables,
      forward: (x, mode) => model.forward(tf.div(tf.round(tf.mul(x, 16)), 16), mode),
      dispose: () => undefined,
    };
    const on = { ...problem, model: stepped, labels: predicted(stepped, problem.x) };
    const direct = await successes(pgd({ eps: 0.2, steps: 10, randomStart: false }), on);
    expect(count(direct.success)).toBe(0);
    expect(events).toMatchObject([{ code: 'EQUIPOISE_ZERO_GRADIENTS', details: { zero: batch, count: batch } }]);
    const around = await successes(pgd({ eps: 0.2, steps: 10, randomStart: false, surrogate: model }), on);
    expect(count(around.success)).toBeGreaterThan(batch / 2);
  });

  test('FGSM is the first step of PGD, all the way', async () => {
    const single = await successes(fgsm({ eps: 0.1 }));
    const first = await successes(pgd({ eps: 0.1, steps: 1, stepSize: 0.1, randomStart: false, keep: 'last' }));
    expectClose(single.adversarial, first.adversarial);
    const each = await successes(fgm({ eps: [0.1, 0.2, 0.3, 0.1, 0.2, 0.3], norm: 'l2' }));
    moved(each.adversarial, 'l2').forEach((size, row) =>
      expect(size).toBeLessThanOrEqual(0.1 * ((row % 3) + 1) + 1e-6),
    );
  });

  test('"Linf" is linf and "8/255" a number', () => {
    expect(pgd({ norm: 'Linf' as 'linf', eps: '8/255' }).threat).toEqual({ norm: 'linf', eps: 8 / 255 });
  });

  describe('refuses', () => {
    test.each([
      [{ eps: -0.1 }, /eps/],
      [{ eps: '8/' }, /fraction/],
      [{ eps: 0.1, norm: 'l3' }, /norm/],
      [{ eps: 0.1, restarts: 3, randomStart: false }, /Restarts differ only by their random start/],
      [{ epsilon: 0.1 }, /eps/],
    ])('%j', (options, message) => {
      expect(() => pgd(options as never)).toThrow(message);
    });

    test('an objective that is a mean', async () => {
      const objective = (x: tf.Tensor) => tf.mean(x) as unknown as tf.Tensor1D;
      await expect(successes(pgd({ eps: 0.1, steps: 2 }), { ...problem, objective })).rejects.toThrow(/shape/);
    });

    test('a model that gives NaN', async () => {
      const broken: Model = {
        ...model,
        variables: model.variables,
        forward: (x, mode) => {
          const activations = model.forward(x, mode);
          return { ...activations, logits: tf.mul(activations.logits!, NaN) };
        },
        dispose: () => undefined,
      };
      const on = { ...problem, model: broken };
      await expect(successes(pgd({ eps: 0.1, steps: 2 }), on)).rejects.toThrow(/NaN for sample 0/);
    });

    test('a radius list or a mask that does not fit', async () => {
      const attack = pgd({ eps: 0.1, steps: 2 });
      await expect(successes(attack, { ...problem, eps: [0.1, 0.2] })).rejects.toThrow(/eps, one a sample/);
      await expect(successes(attack, { ...problem, mask: tf.ones([3]) })).rejects.toThrow(/mask/);
    });
  });
});
