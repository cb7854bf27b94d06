import { activateBackend } from '@equipoise/internal-testing';
import type { Attack, AttackOutcome, AttackProblem, RunEvent } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createContext, runAttack } from '../src/index.js';
import { linear, stream } from './fakes.js';

const supports = { norms: ['linf'], targeted: false, gradients: false, stochastic: false } as const;
const bools = (...values: number[]) => tf.tensor1d(values, 'bool');
const attacking = (perturb: (problem: AttackProblem) => AttackOutcome, changes: object = {}): Attack => ({
  supports: { ...supports, ...changes },
  doPerturb: async (problem) => perturb(problem),
});
/** Swaps the two coordinates, and with them what `identity` predicts. */
const swap = (success = [1, 1]) =>
  attacking(({ x }) => ({ adversarial: tf.reverse(x, 1), success: bools(...success) }));

let problem: AttackProblem;
beforeAll(() => activateBackend('cpu'));
beforeEach(() => {
  const model = linear(stream('model'));
  tf.tidy(() => model.variables.get('weights')?.assign(tf.tensor2d([1, 0, 0, 1], [2, 2])));
  const x = tf.tensor2d([
    [1, 0],
    [0, 1],
  ]);
  problem = { model, x, labels: tf.tensor1d([0, 1], 'int32'), sampleIndices: [0, 1] };
});
afterEach(() => tf.disposeVariables());

describe('running an attack', () => {
  test('gives the inputs and the success that the model confirms, and nothing else stays', async () => {
    const before = tf.memory().numTensors;
    const outcome = await runAttack(swap(), problem, createContext());
    expect(tf.memory().numTensors).toBe(before + 2);
    expect(Array.from(await outcome.adversarial.data())).toEqual([0, 1, 1, 0]);
    expect(Array.from(await outcome.success.data())).toEqual([1, 1]);
    expect(outcome.success.dtype).toBe('bool');
  });

  test('goes by the model where the attack says otherwise, and warns', async () => {
    const warnings: RunEvent[] = [];
    const context = createContext({ report: (event) => warnings.push(event) });
    const lying = attacking(({ x }) => ({ adversarial: tf.clone(x), success: bools(0, 1) }));
    const { success } = await runAttack(lying, problem, context);
    expect(Array.from(await success.data())).toEqual([0, 0]);
    expect(warnings).toMatchObject([{ code: 'EQUIPOISE_SUCCESS_DIFFERS', details: { different: 1, count: 2 } }]);
  });

  test('measures success by targets or by a criterion where there is one', async () => {
    const targets = tf.tensor1d([1, 1], 'int32');
    const aimed = { ...swap([1, 0]), supports: { ...supports, targeted: true } };
    const warnings: RunEvent[] = [];
    const context = createContext({ report: (event) => warnings.push(event) });
    const byTarget = await runAttack(aimed, { ...problem, targets }, context);
    expect(warnings).toMatchObject([{ code: 'EQUIPOISE_TARGET_IS_LABEL', details: { same: 1, count: 2 } }]);
    expect(Array.from(await byTarget.success.data())).toEqual([1, 0]);
    const criterion = (x: tf.Tensor) => tf.greater(tf.squeeze(tf.slice(x, [0, 0], [-1, 1]), [1]), 0.5) as tf.Tensor1D;
    const byCriterion = await runAttack(swap([0, 1]), { ...problem, criterion }, createContext());
    expect(Array.from(await byCriterion.success.data())).toEqual([0, 1]);
  });

  test('bounds are those that float32 can hold', async () => {
    const model = { ...problem.model, bounds: [0.1, 0.7] as const };
    const x = tf.tensor2d([
      [0.1, 0.7],
      [0.7, 0.1],
    ]);
    const stay = attacking(() => ({ adversarial: tf.clone(x), success: bools(1, 1) }));
    await expect(runAttack(stay, { ...problem, model, x }, createContext())).resolves.toBeDefined();
  });
});

describe('an attack that breaks its contract', () => {
  const success = () => bools(1, 1);
  test.each<[string, (given: AttackProblem) => AttackOutcome, string, RegExp]>([
    [
      'leaves the bounds',
      ({ x }) => ({ adversarial: tf.add(x, 1e-6), success: success() }),
      'BROKEN_CONTRACT',
      /outside of \[0, 1\]/,
    ],
    ['gives NaN', ({ x }) => ({ adversarial: tf.mul(x, NaN), success: success() }), 'NUMERICAL', /gave NaN/],
    [
      'gives another shape',
      () => ({ adversarial: tf.zeros([2, 3]), success: success() }),
      'SHAPE',
      /\[2, 3\]; expected \[2, 2\]/,
    ],
    [
      'gives another type',
      () => ({ adversarial: tf.zeros([2, 2], 'int32'), success: success() }),
      'BROKEN_CONTRACT',
      /int32/,
    ],
    [
      'gives too few verdicts',
      ({ x }) => ({ adversarial: tf.reverse(x, 1), success: bools(1) }),
      'SHAPE',
      /success has shape \[1\]/,
    ],
    [
      'gives its argument back',
      ({ x }) => ({ adversarial: x, success: success() }),
      'BROKEN_CONTRACT',
      /gave "x" itself back/,
    ],
    [
      'disposes its argument',
      ({ x }) => {
        const adversarial = tf.reverse(x, 1);
        x.dispose();
        return { adversarial, success: success() };
      },
      'BROKEN_CONTRACT',
      /disposed "x"/,
    ],
    [
      'changes the model',
      ({ x, model }) => {
        tf.tidy(() => model.variables.get('bias')?.assign(tf.ones([2])));
        return { adversarial: tf.reverse(x, 1), success: success() };
      },
      'BROKEN_CONTRACT',
      /changed the model's "bias"/,
    ],
  ])('because it %s is refused', async (_, perturb, code, message) => {
    const before = tf.memory().numTensors;
    await expect(runAttack(attacking(perturb), problem, createContext())).rejects.toMatchObject({
      code: `EQUIPOISE_${code}`,
      message: expect.stringMatching(message),
    });
    expect(tf.memory().numTensors).toBe(problem.x.isDisposed ? before - 1 : before);
  });
});

describe('a problem that does not fit', () => {
  const ints = (...values: number[]) => tf.tensor1d(values, 'int32');
  const noGradients = { gradients: false, secondOrder: false, logits: true };
  test.each<[string, () => Partial<AttackProblem>, object, string]>([
    ['targets for an attack that cannot aim', () => ({ targets: ints(0, 0) }), {}, 'UNSUPPORTED'],
    [
      'a model without gradients',
      () => ({ model: { ...problem.model, supports: noGradients } }),
      { gradients: true },
      'UNSUPPORTED',
    ],
    ['inputs of another shape', () => ({ x: tf.zeros([2, 3]) }), {}, 'SHAPE'],
    ['no inputs', () => ({ x: tf.zeros([0, 2]), labels: ints(), sampleIndices: [] }), {}, 'DATA'],
    ['inputs out of bounds', () => ({ x: tf.fill([2, 2], 1.5) }), {}, 'DATA'],
    ['NaN in the inputs', () => ({ x: tf.fill([2, 2], NaN) }), {}, 'DATA'],
    ['a label that is no class', () => ({ labels: ints(0, 2) }), {}, 'DATA'],
    ['labels that are not whole', () => ({ labels: tf.tensor1d([0, 1]) }), {}, 'DATA'],
    ['too few labels', () => ({ labels: ints(0) }), {}, 'SHAPE'],
    ['too few sample indices', () => ({ sampleIndices: [0] }), {}, 'SHAPE'],
  ])('because of %s is refused before the attack', async (_, changes, capabilities, code) => {
    const never = attacking(() => {
      throw new Error('The attack was begun.');
    }, capabilities);
    const attempt = runAttack(never, { ...problem, ...changes() }, createContext());
    await expect(attempt).rejects.toMatchObject({ code: `EQUIPOISE_${code}` });
  });
});
