import { fgsm, pgd } from '@equipoise/attack-pgd';
import { activateBackend } from '@equipoise/internal-testing';
import type { Model, TrainingEvent } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  fakeAttack,
  lastState,
  network,
  ofType,
  recordingLoss,
  robustAndWeakFeatures,
  stripes,
  train,
  weightsOf,
} from './helpers.js';

beforeAll(() => activateBackend('cpu'));

const still = { name: 'sgd', learningRate: 0 } as const;

async function cleanInputs(indices: readonly number[]): Promise<number[]> {
  const split = await stripes().split('train');
  return [...(await split.examples(Int32Array.from(indices))).x];
}

describe('the step', () => {
  test('trains on what the attack gives: FGSM inputs are x + eps·sign of the gradient', async () => {
    const loss = recordingLoss();
    const model = network();
    await train({ model, loss, steps: 1, attack: fgsm({ eps: 0.05 }), optimizer: still });
    const [{ x, indices }] = loss.inputs as [(typeof loss.inputs)[0]];
    const clean = await cleanInputs(indices);
    const labels = tf.oneHot(
      Int32Array.from(indices, (index) => index % 3),
      3,
    );
    const gradient = tf.grad((input: tf.Tensor) =>
      tf.losses.softmaxCrossEntropy(labels, model.forward(input, { training: false }).logits!),
    )(tf.tensor(clean, [10, 4, 4, 1]));
    const wanted = tf.clipByValue(tf.add(tf.tensor(clean, [10, 4, 4, 1]), tf.mul(0.05, tf.sign(gradient))), 0, 1);
    wanted.dataSync().forEach((value, place) => expect(x[place]).toBeCloseTo(value, 6));
  });

  test('makes one sgd step on the adversarial inputs', async () => {
    const model = network();
    const before = weightsOf(model)['head.bias']!;
    const loss = recordingLoss();
    await train({ model, loss, steps: 1, optimizer: { name: 'sgd', learningRate: 0.5 } });
    const fresh = network();
    const [{ x, indices }] = loss.inputs as [(typeof loss.inputs)[0]];
    const probabilities = tf.softmax(fresh.forward(tf.tensor(x, [10, 4, 4, 1]), { training: false }).logits!);
    const errors = tf.sub(
      probabilities,
      tf.oneHot(
        Int32Array.from(indices, (index) => index % 3),
        3,
      ),
    );
    const gradient = tf.mean(errors, 0).dataSync();
    weightsOf(model)['head.bias']!.forEach((value, k) => expect(value).toBeCloseTo(before[k]! - 0.5 * gradient[k]!, 6));
  });

  test('attacks in inference mode and updates in training mode', async () => {
    const inner = network({ dropout: 0.3 });
    const modes: boolean[] = [];
    const forward: Model['forward'] = (x, mode) => {
      modes.push(mode.training);
      return inner.forward(x, mode);
    };
    const model: Model = { ...inner, forward };
    await train({ model, steps: 3, attack: pgd({ eps: 0.1, steps: 2, keep: 'last' }) });
    expect(modes.filter((training) => training)).toHaveLength(3);
    expect(modes.length).toBeGreaterThan(3 + 3 * 2);
  });

  test('mixes the losses by cleanWeight, and tells both', async () => {
    const loss = recordingLoss();
    const events = await train({ loss, steps: 2, logEvery: 1, cleanWeight: 0.25 });
    expect(loss.inputs).toHaveLength(4);
    expect(loss.inputs[1]!.x).toEqual(await cleanInputs(loss.inputs[1]!.indices));
    for (const { loss: total, parts } of ofType(events, 'step')) {
      expect(total).toBeCloseTo(0.75 * parts['crossEntropy']! + 0.25 * parts['clean.crossEntropy']!, 5);
      expect(parts['crossEntropy']!).toBeGreaterThan(parts['clean.crossEntropy']!);
      expect(parts['attackSuccess']).toBeGreaterThanOrEqual(0);
    }
  });

  test('an example is attacked from the same start whatever its batch', async () => {
    const inputs = async (batchSize: number) => {
      const loss = recordingLoss();
      await train({ loss, batchSize, steps: 1, dataset: stripes(20) });
      return loss.inputs[0]!.x;
    };
    const [whole, half] = [await inputs(20), await inputs(10)];
    expect(half).toEqual(whole.slice(0, 160));
  });

  test('the data set keeps its values, and no tensor is left', async () => {
    const model = network({ normalization: 'batch' });
    const options = {
      model,
      cleanWeight: 0.5,
      warmStart: true,
      keepBest: true,
      evaluation: { everySteps: 4 },
    } as const;
    await train({ ...options, steps: 2 });
    const before = tf.memory().numTensors;
    const counts: number[] = [];
    const onEvent = ({ type }: TrainingEvent) => type === 'step' && counts.push(tf.memory().numTensors);
    await train({ ...options, steps: 24, logEvery: 6, onEvent });
    expect(counts).toHaveLength(4);
    expect(new Set(counts).size).toBe(1);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('the radius', () => {
  test('follows the schedule, and inputs are not attacked where it is zero', async () => {
    const { attack, calls } = fakeAttack(({ x }) => tf.clone(x), { norm: 'linf', eps: 0.3 });
    const eps = { schedule: 'constant', learningRate: 0.3, warmUpSteps: 3 } as const;
    const events = await train({ attack, eps, steps: 5, logEvery: 1 });
    expect(calls.map((call) => call.eps)).toEqual([0.3 / 3, 0.3 * (2 / 3), 0.3, 0.3].map((r) => expect.closeTo(r, 12)));
    const told = ofType(events, 'step').map(({ parts }) => parts['eps']);
    expect(told).toEqual([0, 0.1, 0.2, 0.3, 0.3].map((radius) => expect.closeTo(radius, 6)));
  });

  test("is the attack's own without a schedule", async () => {
    const { attack, calls } = fakeAttack(({ x }) => tf.clone(x), { norm: 'linf', eps: 0.3 });
    await train({ attack, steps: 2 });
    expect(calls.map((call) => call.eps)).toEqual([undefined, undefined]);
  });
});

describe('warm starts', () => {
  test("begin in the ball and go on from an example's last perturbation", async () => {
    const { attack, calls } = fakeAttack(({ x, start }) => tf.add(x, tf.mul(0.5, tf.sub(start!, x))), {
      norm: 'linf',
      eps: 0.08,
    });
    await train({ attack, warmStart: true, epochs: 2, dataset: stripes(20) });
    const [first, second] = [calls.slice(0, 2), calls.slice(2)];
    const ends = new Map(
      first.flatMap(({ indices, end }) => indices.map((index, row) => [index, end.slice(row * 16, row * 16 + 16)])),
    );
    for (const { start, indices } of first) {
      const clean = await cleanInputs(indices);
      const moves = start!.map((value, place) => Math.abs(value - clean[place]!));
      expect(Math.max(...moves)).toBeLessThanOrEqual(0.08 + 1e-6);
      expect(Math.max(...moves)).toBeGreaterThan(0.07);
    }
    for (const { start, indices } of second) {
      indices.forEach((index, row) =>
        ends.get(index)!.forEach((value, place) => expect(start![row * 16 + place]).toBeCloseTo(value, 6)),
      );
    }
  });
});

describe('free training', () => {
  const free = { replays: 3, eps: 0.1 } as const;

  test('uses each batch as often as it is told, and moves the perturbation by its own gradient', async () => {
    const loss = recordingLoss();
    const model = network();
    const events = await train({ model, loss, free, epochs: 1, dataset: stripes(20), optimizer: still });
    expect(ofType(events, 'start')[0]).toMatchObject({ steps: 6, stepsPerEpoch: 6 });
    expect(loss.inputs.map(({ indices }) => indices[0])).toEqual(
      [0, 0, 0, 3, 3, 3].map((place) => loss.inputs[place]!.indices[0]),
    );
    const clean = await cleanInputs(loss.inputs[0]!.indices);
    expect(loss.inputs[0]!.x).toEqual(clean);
    const labels = tf.oneHot(
      Int32Array.from(loss.inputs[0]!.indices, (index) => index % 3),
      3,
    );
    const x = tf.tensor(clean, [10, 4, 4, 1]);
    const gradient = tf.grad((input: tf.Tensor) =>
      tf.losses.softmaxCrossEntropy(labels, model.forward(input, { training: false }).logits!),
    )(x);
    const wanted = tf.clipByValue(tf.add(x, tf.mul(0.1, tf.sign(gradient))), 0, 1).dataSync();
    wanted.forEach((value, place) => expect(loss.inputs[1]!.x[place]).toBeCloseTo(value, 6));
  });

  test('carries the perturbation over to the next batch', async () => {
    const loss = recordingLoss();
    await train({ loss, free, epochs: 1, dataset: stripes(20), optimizer: still });
    const clean = await cleanInputs(loss.inputs[3]!.indices);
    const moves = loss.inputs[3]!.x.map((value, place) => Math.abs(value - clean[place]!));
    expect(Math.max(...moves)).toBeCloseTo(0.1, 5);
  });

  test('ends with a batch that is smaller than the others', async () => {
    const events = await train({ free, epochs: 2, dataset: stripes(25), logEvery: 1 });
    expect(events.at(-1)).toMatchObject({ type: 'end', step: 18 });
    expect(ofType(events, 'step').every(({ parts }) => parts['eps'] === Math.fround(0.1))).toBe(true);
  });
});

describe('what is learnt', () => {
  const eps = 0.1;
  const robustAccuracy = async (options: Parameters<typeof train>[0]) => {
    const evaluationAttack = pgd({ eps, steps: 5 });
    const optimizer = { name: 'adam', learningRate: 0.05 } as const;
    const course = { steps: 200, batchSize: 20, optimizer, evaluationAttack, evaluation: { everySteps: 200 } };
    const task = { dataset: robustAndWeakFeatures(), model: network({ classes: 2 }) };
    return ofType(await train({ ...course, ...task, ...options }), 'evaluation').at(-1)!.metrics['robustAccuracy']!;
  };

  test('without attacks the weak features, which an attack turns around', async () => {
    expect(await robustAccuracy({ lossAttacks: true })).toBeLessThan(0.5);
  });

  test.each<[string, Parameters<typeof train>[0]]>([
    ['pgd', { attack: pgd({ eps, steps: 2 }) }],
    ['fast', { attack: pgd({ eps, steps: 1, stepSize: 1.25 * eps, keep: 'last' }) }],
    ['free', { free: { replays: 4, eps } }],
    ['warm starts', { attack: pgd({ eps, steps: 1, stepSize: eps / 2, keep: 'last' }), warmStart: true }],
  ])('with %s the robust feature', async (_name, options) => {
    const radius = { schedule: 'constant', learningRate: eps, warmUpSteps: 100 } as const;
    expect(await robustAccuracy({ ...options, eps: radius })).toBeGreaterThan(0.8);
  });
});

describe('evaluation', () => {
  test('robust accuracy counts examples that are right and stay right', async () => {
    const model = network();
    const metrics = async (evaluation: object) => {
      const options = { model, steps: 1, optimizer: still, attack: pgd({ eps: 0.15, steps: 3 }) };
      return ofType(await train({ ...options, evaluation }), 'evaluation')[0]!.metrics;
    };
    const all = await metrics({});
    expect(all['robustAccuracy']!).toBeLessThanOrEqual(all['accuracy']!);
    expect(await metrics({ batchSize: 7 })).toMatchObject({ robustAccuracy: all['robustAccuracy'] });
  });

  test('the model ends with the weights of the best evaluation', async () => {
    const model = network();
    const optimizer = { name: 'sgd', learningRate: 3 } as const;
    const options = { evaluation: { everySteps: 2, metric: 'crossEntropy' }, keepBest: true } as const;
    const events = await train({ model, steps: 16, optimizer, ...options });
    const best = lastState(events, 'best');
    expect(best.step).toBeLessThan(16);
    for (const [name, values] of Object.entries(weightsOf(model))) {
      expect(values).toEqual([...best.arrays[`model.${name}`]!.data]);
    }
  });

  test('stops when robust accuracy no longer improves', async () => {
    const events = await train({
      steps: 50,
      optimizer: still,
      evaluation: { everySteps: 2 },
      earlyStopping: { patience: 2 },
    });
    expect(events.at(-1)).toEqual({ type: 'end', step: 6, reason: 'early-stop' });
  });
});

test('the same seed gives the same bits', async () => {
  const run = async () => {
    const model = network({ dropout: 0.2 });
    await train({ model, steps: 6 });
    return weightsOf(model);
  };
  expect(await run()).toEqual(await run());
});
