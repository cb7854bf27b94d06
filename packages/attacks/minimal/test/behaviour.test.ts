import { toyModel } from '@equipoise/conformance';
import { onEachBackend } from '@equipoise/internal-testing';
import { createRng, distancesBetween, inference, runAttack } from '@equipoise/kit';
import type { Attack, AttackProblem, Model, RunContext, RunEvent } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { carliniWagner, ddn, deepfool, fmn } from '../src/index.js';

const batch = 4;
const indices = [0, 1, 2, 3];
const attacks: readonly (readonly [string, Attack])[] = [
  ['DeepFool', deepfool({})],
  ['DDN', ddn({ steps: 40 })],
  ['FMN', fmn({ norm: 'l2', steps: 40 })],
  ['Carlini-Wagner', carliniWagner({ searchSteps: 3, steps: 40, stepSize: 0.05, initialConst: 1 })],
];

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
  const run = async (attack: Attack, on = problem) => {
    const { adversarial, success } = await runAttack(attack, on, context);
    const distances = [...(await distancesBetween(on.x, adversarial, 'l2'))];
    return { adversarial, success: [...(await success.data())], distances };
  };
  /** A model with other logits. */
  const withLogits = (change: (logits: tf.Tensor, x: tf.Tensor) => tf.Tensor): Model => ({
    ...model,
    variables: model.variables,
    forward: (x, mode) => {
      const activations = model.forward(x, mode);
      return { ...activations, logits: change(activations.logits!, x) as tf.Tensor2D };
    },
    dispose: () => undefined,
  });

  describe.each(attacks)('%s', (_, attack) => {
    test('a sample that is misclassified comes back as it is, the others are attacked', async () => {
      const wrong = tf.tensor1d([1, 0, 0, 1], 'int32');
      const labels = tf.cast(tf.mod(tf.add(problem.labels, wrong), 3), 'int32') as tf.Tensor1D;
      const { success, distances } = await run(attack, { ...problem, labels });
      expect(success).toEqual([1, 1, 1, 1]);
      distances.forEach((distance, row) => expect(distance === 0).toBe(wrong.dataSync()[row] === 1));
    });

    test('a class that cannot be reached: the input comes back, and no success', async () => {
      const never = withLogits((logits) => tf.sub(logits, tf.tensor1d([0, 0, 1e4])));
      const labels = predicted(never, problem.x);
      const targets = tf.fill([batch], 2, 'int32') as tf.Tensor1D;
      const { success, distances } = await run(attack, { ...problem, model: never, labels, targets });
      expect(success).toEqual([0, 0, 0, 0]);
      expect(distances).toEqual([0, 0, 0, 0]);
      expect(events).toEqual([]);
    });

    test('a radius of the problem: farther successes do not count', async () => {
      const { distances } = await run(attack);
      const eps = distances.map((distance, row) => distance * (row % 2 === 0 ? 1.01 : 0.9));
      const { success } = await run(attack, { ...problem, eps });
      expect(success).toEqual([1, 0, 1, 0]);
    });

    test('logits that are all negative change nothing', async () => {
      const shifted = withLogits((logits) => tf.sub(logits, 20));
      const [plain, negative] = [await run(attack), await run(attack, { ...problem, model: shifted })];
      expect(negative.success).toEqual(plain.success);
      // The shift costs four bits of the logits.
      negative.distances.forEach((distance, row) =>
        expect(Math.abs(distance - plain.distances[row]!)).toBeLessThan(5e-3),
      );
    });

    test('a sample without a gradient is told of and stays, and the others do not notice', async () => {
      const mask = tf.concat([tf.zeros([1, 4, 4, 1]), tf.ones([batch - 1, 4, 4, 1])]);
      const [plain, masked] = [await run(attack), await run(attack, { ...problem, mask })];
      expect(masked.success).toEqual([0, 1, 1, 1]);
      expect(masked.distances[0]).toBe(0);
      masked.distances
        .slice(1)
        .forEach((one, row) => expect(Math.abs(one - plain.distances[row + 1]!)).toBeLessThan(1e-5));
      const dead = withLogits((logits, x) => tf.add(tf.mul(logits, 0), tf.mul(tf.sum(x), 0)));
      await run(attack, { ...problem, model: dead, labels: predicted(dead, problem.x) });
      expect(events).toMatchObject([{ code: 'EQUIPOISE_ZERO_GRADIENTS', details: { zero: batch } }]);
    });

    test('a criterion that only knows the whole batch: the same result', async () => {
      const criterion = (x: tf.Tensor) => tf.notEqual(predicted(model, x), problem.labels) as tf.Tensor1D;
      const [plain, own] = [await run(attack), await run(attack, { ...problem, criterion })];
      expect(own.success).toEqual(plain.success);
      expect(own.distances).toEqual(plain.distances);
    });

    test('an objective of the own, zero at its boundary', async () => {
      const brightness = (x: tf.Tensor) => tf.sub(tf.mean(x, [1, 2, 3]), 0.7) as tf.Tensor1D;
      const criterion = (x: tf.Tensor) => tf.greater(brightness(x), 0) as tf.Tensor1D;
      const { success, distances } = await run(attack, { ...problem, objective: brightness, criterion });
      expect(success).toEqual([1, 1, 1, 1]);
      const missing = tf.relu(tf.neg(brightness(problem.x))).dataSync();
      // A mean of 16 values rises by 1 where the l2 distance is 4.
      distances.forEach((distance, row) => {
        expect(distance).toBeGreaterThanOrEqual(4 * missing[row]! * 0.999);
        expect(distance).toBeLessThanOrEqual(4 * missing[row]! * 1.3);
      });
    });

    test('a start from which the search goes on where the input itself shows no way', async () => {
      // Clipped below, the margin of every input is flat up to a distance.
      const flat = withLogits((logits) =>
        tf.concat([tf.relu(tf.add(tf.slice(logits, [0, 0], [-1, 1]), 0.3)), tf.zeros([batch, 1])], 1),
      );
      const labels = tf.ones([batch], 'int32') as tf.Tensor1D;
      const far = tf.tidy(() => {
        const direction = tf.grad((x: tf.Tensor) =>
          tf.sum(tf.slice(model.forward(x, inference).logits!, [0, 0], [-1, 1])),
        );
        return tf.clipByValue(tf.add(problem.x, tf.mul(10, tf.sign(direction(problem.x)))), 0, 1);
      });
      const on = { ...problem, model: { ...flat, classes: 2 }, labels };
      const first = predicted(flat, far).dataSync();
      const without = await run(attack, on);
      const { success } = await run(attack, { ...on, start: far });
      expect(first).toContain(0);
      first.forEach((one, row) => one === 0 && expect(success[row]).toBe(1));
      expect(without.success.filter(Boolean).length).toBeLessThanOrEqual(success.filter(Boolean).length);
    });

    test('it ends when it is asked to, and leaves nothing behind', async () => {
      const controller = new AbortController();
      const counted = { ...problem, model: withLogits((logits) => (controller.abort(new Error('enough')), logits)) };
      const before = tf.memory().numTensors;
      await expect(attack.doPerturb(counted, { ...context, signal: controller.signal })).rejects.toThrow('enough');
      expect(tf.memory().numTensors).toBe(before);
    });
  });

  test('Carlini-Wagner moves values that are at the sides of the box', async () => {
    const x = tf.round(problem.x);
    const on = { ...problem, x, labels: predicted(model, x) };
    const { adversarial, success, distances } = await run(
      carliniWagner({ searchSteps: 5, steps: 150, stepSize: 0.03 }),
      on,
    );
    const nearby = await run(deepfool({}), on);
    expect(success).toEqual([1, 1, 1, 1]);
    distances.forEach((distance, row) => expect(distance).toBeLessThan(1.1 * nearby.distances[row]!));
    const share = tf.mean(tf.cast(tf.greater(tf.abs(tf.sub(adversarial, x)), 1e-3), 'float32')).dataSync()[0]!;
    expect(share).toBeGreaterThan(0.25);
  });

  test('Carlini-Wagner with a confidence: the margin is as large, and the way farther', async () => {
    const options = { searchSteps: 4, steps: 60, stepSize: 0.05, initialConst: 1 };
    const plain = await run(carliniWagner(options));
    const { adversarial, success, distances } = await run(carliniWagner({ ...options, confidence: 0.3 }));
    expect(success).toEqual([1, 1, 1, 1]);
    const logits = model.forward(adversarial, inference).logits!;
    const own = tf.oneHot(problem.labels, 3);
    const others = tf.max(tf.sub(logits, tf.mul(own, 1e3)), 1);
    const margins = tf.sub(others, tf.sum(tf.mul(logits, own), 1)).dataSync();
    margins.forEach((margin) => expect(margin).toBeGreaterThanOrEqual(0.3 - 1e-4));
    distances.forEach((distance, row) => expect(distance).toBeGreaterThan(plain.distances[row]!));
  });

  test('more candidates never end farther away', async () => {
    for (const make of [fmn, ddn]) {
      const options = { steps: 60, ...(make === fmn ? { norm: 'l2' as const } : { objective: 'margin' as const }) };
      const [one, several] = [await run(make(options)), await run(make({ ...options, candidates: 2 }))];
      // The likeliest class at the input need not be the strongest one all the way; 2 % allow for that.
      several.distances.forEach((distance, row) => expect(distance).toBeLessThanOrEqual(one.distances[row]! * 1.02));
    }
  });

  test.each([
    [() => deepfool({ norm: 'l1' as 'l2' }), /norm/],
    [() => deepfool({ overshoot: -0.1 }), /overshoot/],
    [() => ddn({ gamma: 1 }), /gamma/],
    [() => ddn({ eps: 1 } as never), /eps/],
    [() => fmn({ norm: 'l3' as 'l2' }), /norm/],
    [() => fmn({ candidates: 0 }), /candidates/],
    [() => carliniWagner({ confidence: -1 }), /confidence/],
  ])('a bad option is refused by name (%#)', (make, message) => {
    expect(make).toThrow(message);
  });
});
