import { fgsm, pgd } from '@equipoise/attack-pgd';
import { activateBackend } from '@equipoise/internal-testing';
import { EquipoiseError, type Attack, type RunEvent } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { adversarial } from '../src/index.js';
import { fakeAttack, network, ofType, stripes, train, weightsOf, type Training } from './helpers.js';

beforeAll(() => activateBackend('cpu'));

const attack = pgd({ eps: 0.1, steps: 1 });

describe('options', () => {
  test.each<[object, RegExp]>([
    [{}, /attack: Give one of attack, \{ "use": "pgd", … \}, free, or lossAttacks: true/],
    [{ attack, free: { eps: 0.1 } }, /attack: Give one of/],
    [{ attack, lossAttacks: true }, /attack: Give one of/],
    [{ attack: 3 }, /attack: Expected an attack/],
    [{ free: {} }, /free\.eps/],
    [{ free: { eps: -1 } }, /free\.eps/],
    [{ free: { eps: 0.1, replays: 0 } }, /free\.replays/],
    [{ attack, eps: -0.1 }, /eps/],
    [{ attack, eps: { schedule: 'warm' } }, /eps/],
    [{ attack, cleanWeight: 1 }, /cleanWeight/],
    [{ free: { eps: 0.1 }, warmStart: true }, /warmStart: Needs attack/],
    [{ lossAttacks: true, eps: 0.1 }, /eps: Belongs to attack and free/],
    [{ attack, keepBest: true }, /keepBest: Needs evaluation/],
    [{ lossAttacks: true, evaluation: {} }, /evaluationAttack: Needed by metric/],
    [{ attack, earlyStopping: { patience: 1 } }, /earlyStopping: Needs evaluation/],
    [{ attack, epochs: 1, steps: 1 }, /epochs or steps, not both/],
  ])('%j is refused', (options, message) => {
    expect(() => adversarial(options)).toThrow(message);
  });

  test('a radius may be a fraction', () => {
    expect(() => adversarial({ attack, eps: '8/255' })).not.toThrow();
  });
});

async function failureOf(training: Training): Promise<EquipoiseError> {
  const failure: unknown = await train({ steps: 12, ...training }).catch((error: unknown) => error);
  expect(EquipoiseError.isInstance(failure)).toBe(true);
  return failure as EquipoiseError;
}

test('a radius for an attack that has none is refused', async () => {
  const { attack: nearest } = fakeAttack(({ x }) => tf.clone(x), { norm: 'l2' });
  expect((await failureOf({ attack: nearest, eps: 0.1 })).message).toMatch(/a radius/);
});

test('an attack that leaves its radius is found out in its first step', async () => {
  const { attack: far } = fakeAttack(({ x }) => tf.sub(1, x), { norm: 'linf', eps: 0.1 });
  expect((await failureOf({ attack: far })).code).toBe('EQUIPOISE_BROKEN_CONTRACT');
});

test('an attack that sees weights that are NaN ends the run with the last good weights', async () => {
  const model = network();
  const optimizer = { name: 'sgd', learningRate: 1e30 } as const;
  const tensors = tf.memory().numTensors;
  const error = await failureOf({ model, attack: fgsm({ eps: 0.1 }), optimizer, logEvery: 1000 });
  expect(error.code).toBe('EQUIPOISE_NUMERICAL');
  expect(error.message).toMatch(/put back to its weights before step/);
  expect(Object.values(weightsOf(model)).flat().every(Number.isFinite)).toBe(true);
  expect(tf.memory().numTensors).toBe(tensors);
});

describe('warnings', () => {
  const codes = async (training: Training) => ofType(await train(training), 'warning').map(({ code }) => code);

  test('a model that is at chance after the first epoch', async () => {
    const model = network();
    for (const name of ['head.kernel', 'head.bias'])
      model.variables.get(name)!.assign(tf.zerosLike(model.variables.get(name)!));
    const optimizer = { name: 'sgd', learningRate: 0 } as const;
    const events = await train({ model, epochs: 4, batchSize: 2, optimizer });
    const [warning] = ofType(events, 'warning');
    expect(warning).toMatchObject({ code: 'EQUIPOISE_STUCK_AT_CHANCE', details: { step: 30 } });
    expect(warning!.message).toMatch(/smaller eps, a schedule of eps/);
  });

  /** Every image of the test split becomes its neighbour's, which is of another class. */
  const rolled = () => fakeAttack(({ x }) => tf.concat([tf.slice(x, [1]), tf.slice(x, [0], [1])])).attack;
  const weak = (): Attack => fakeAttack(({ x }) => tf.clone(x)).attack;
  const course = {
    steps: 60,
    optimizer: { name: 'adam', learningRate: 0.02 },
    evaluation: { everySteps: 20 },
  } as const;

  test('a weak attack that fails while a strong one succeeds, once', async () => {
    expect(await codes({ ...course, attack: weak(), evaluationAttack: rolled() })).toEqual([
      'EQUIPOISE_CATASTROPHIC_OVERFITTING',
    ]);
  });

  test('no such warning where both fail, nor while the radius is still small', async () => {
    expect(await codes({ ...course, attack: weak(), evaluationAttack: weak() })).toEqual([]);
    const small = fakeAttack(({ x }) => tf.clone(x), { norm: 'linf', eps: 0.5 }).attack;
    const evaluationAttack = { ...rolled(), threat: { norm: 'linf', eps: 1 } } as const;
    expect(await codes({ ...course, attack: small, eps: 0.5, evaluationAttack })).toEqual([]);
  });

  test('what an attack warns of is reported once', async () => {
    const reports: RunEvent[] = [];
    const noisy: Attack = {
      ...weak(),
      doPerturb: (problem, context) => {
        context.report({ type: 'warning', code: 'EQUIPOISE_ZERO_GRADIENTS', message: 'zero' });
        return weak().doPerturb(problem, context);
      },
    };
    await train({ steps: 5, attack: noisy, dataset: stripes(20), report: (event) => reports.push(event) });
    expect(reports).toHaveLength(1);
  });
});
