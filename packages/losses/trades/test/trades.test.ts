import { pgd } from '@equipoise/attack-pgd';
import { activateBackend } from '@equipoise/internal-testing';
import { createRng, inference, training } from '@equipoise/kit';
import { mlp } from '@equipoise/model-vision';
import type { Attack, AttackProblem, LossInput } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { trades, type TradesOptions } from '../src/index.js';

beforeAll(() => activateBackend('cpu'));
beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

const attack = (options: object = {}) => pgd({ eps: 0.1, steps: 5, keep: 'last', ...options });

function scene(indices = [3, 4, 5, 6]): LossInput {
  const model = mlp({ inputShape: [6], hidden: [7], classes: 3 }, { rng: createRng(2) });
  const rows = indices.map((index) => [...createRng(1).fork(index).uniforms(6)]);
  return {
    ...{
      model,
      x: tf.tensor2d(rows),
      labels: tf.tensor1d(
        indices.map((index) => index % 3),
        'int32',
      ),
    },
    ...{ mode: training(createRng(3)), rng: createRng(4), sampleIndices: indices, step: 5, steps: 10 },
  };
}

async function value(input: LossInput, options: Partial<TradesOptions> = {}) {
  const loss = trades({ attack: attack(), ...options });
  const prepared = (await loss.doPrepare?.(input)) ?? {};
  const { total, parts } = loss.doCompute(input, prepared);
  return {
    total: total.dataSync()[0]!,
    prepared,
    parts: Object.entries(parts).map(([name, one]) => [name, one.dataSync()[0]!] as const),
  };
}

/** log softmax in float64. */
function logProbabilities(input: LossInput, x: tf.Tensor): number[][] {
  return input.model
    .forward(x, inference)
    .logits!.arraySync()
    .map((row) => {
      const sum = Math.log(row.reduce((total, entry) => total + Math.exp(entry), 0));
      return row.map((entry) => entry - sum);
    });
}

describe('the value', () => {
  test("is cross-entropy plus β times KL(p(x) ‖ p(x')), with p(x) in front", async () => {
    const input = scene();
    const { total, parts, prepared } = await value(input, { beta: 3 });
    const clean = logProbabilities(input, input.x);
    const moved = logProbabilities(input, prepared['adversarial']!);
    const labels = input.labels.arraySync();
    const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;
    const entropy = mean(clean.map((row, index) => -row[labels[index]!]!));
    const apart = mean(
      clean.map((row, index) => row.reduce((sum, log, k) => sum + Math.exp(log) * (log - moved[index]![k]!), 0)),
    );
    // Float32 logits of size 1: a few 1e-7.
    expect(parts).toEqual([
      ['crossEntropy', expect.closeTo(entropy, 5)],
      ['divergence', expect.closeTo(apart, 5)],
    ]);
    expect(apart).toBeGreaterThan(1e-4);
    expect(total).toBeCloseTo(entropy + 3 * apart, 5);
  });

  test('is plain cross-entropy at radius zero and at β = 0', async () => {
    const input = scene();
    const [first] = (await value(input, { eps: 0 })).parts;
    expect((await value(input, { eps: 0 })).total).toBeCloseTo(first![1], 6);
    expect((await value(input, { beta: 0 })).total).toBeCloseTo(first![1], 6);
  });
});

describe("x'", () => {
  test('stays in the ball and has a larger divergence the harder the attack looks', async () => {
    const input = scene();
    const apart = async (options: object) => (await value(input, { attack: attack(options) })).parts[1]![1];
    const { prepared } = await value(input);
    const moves = tf.max(tf.abs(tf.sub(prepared['adversarial']!, input.x))).dataSync()[0]!;
    expect(moves).toBeLessThanOrEqual(0.1 + 1e-6);
    const noise = await apart({ steps: 0 });
    expect(noise).toBeLessThan(1e-4);
    expect(await apart({ steps: 1, stepSize: 0.1 })).toBeGreaterThan(10 * noise);
    expect(await apart({ steps: 20 })).toBeGreaterThan(10 * noise);
  });

  test('is the same for an example in any batch', async () => {
    const all = (await value(scene([3, 4, 5, 6]))).prepared['adversarial']!;
    const part = (await value(scene([5, 6]))).prepared['adversarial']!;
    const wanted = tf.slice(all, [2, 0]).dataSync();
    part.dataSync().forEach((entry, place) => expect(entry).toBeCloseTo(wanted[place]!, 6));
  });

  test('follows the schedule of the radius', async () => {
    const problems: AttackProblem[] = [];
    const inner = attack();
    const spy: Attack = {
      ...inner,
      doPerturb: (problem, context) => (problems.push(problem), inner.doPerturb(problem, context)),
    };
    const eps = { schedule: 'linear', learningRate: 0, finalLearningRate: 0.2 } as const;
    await value(scene(), { attack: spy, eps });
    await value(scene(), { attack: spy, startNoise: 0 });
    expect(problems.map((problem) => problem.eps)).toEqual([expect.closeTo(0.1, 12), undefined]);
    expect(problems.map(({ start }) => start === undefined)).toEqual([false, true]);
  });
});

test('leaves no tensor but what it prepared', async () => {
  const input = scene();
  const loss = trades({ attack: attack() });
  const before = tf.memory().numTensors;
  tf.dispose((await loss.doPrepare!(input)) as object as tf.TensorContainer);
  expect(tf.memory().numTensors).toBe(before);
});

describe('refuses', () => {
  test.each<[object, RegExp]>([
    [{}, /attack: Expected an attack/],
    [{ attack: attack(), beta: -1 }, /beta/],
    [{ attack: attack(), eps: -0.1 }, /eps/],
    [{ attack: attack(), startNoise: -1 }, /startNoise/],
    [{ attack: { ...attack(), supports: { ...attack().supports, objective: false } } }, /objective/],
    [{ attack: { ...attack(), threat: { norm: 'l2' } }, eps: 0.1 }, /a radius/],
  ])('%j', (options, message) => {
    expect(() => trades(options as TradesOptions)).toThrow(message);
  });
});
