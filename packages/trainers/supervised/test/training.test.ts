import { activateBackend } from '@equipoise/internal-testing';
import { fcl } from '@equipoise/loss-fcl';
import type { Loss, LossInput, Model } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { plugin, supervisedComponent } from '../src/index.js';
import { events$, lastState, network, ofType, stripes, train, weightsOf } from './helpers.js';

beforeAll(() => activateBackend('cpu'));

/** A loss of the product of a variable of its own and the mean input, that keeps what it was given. */
function recordingLoss(): Loss & { inputs: { x: number[]; indices: number[]; step: number }[]; scale: tf.Variable } {
  const scale = tf.variable(tf.scalar(1));
  const inputs: { x: number[]; indices: number[]; step: number }[] = [];
  return {
    ...{ inputs, scale, variables: new Map([['scale', scale]]) },
    needs: { labels: false, logits: false, views: 1, gradientOrder: 1 },
    doCompute: ({ model, x, mode, sampleIndices, step }: LossInput) => {
      inputs.push({ x: [...x.dataSync()], indices: Array.from(sampleIndices), step });
      const logits = tf.mean(tf.square(model.forward(x, mode).logits!)) as tf.Scalar;
      const total = tf.add(logits, tf.mul(scale as tf.Tensor as tf.Scalar, tf.mean(x))) as tf.Scalar;
      return { total, parts: { logits } };
    },
  };
}

describe('training', () => {
  test('learns a task that is easy', async () => {
    const events = await train({ epochs: 20, optimizer: { name: 'adam', learningRate: 0.02 }, evaluation: {} });
    expect(ofType(events, 'evaluation').at(-1)?.metrics['accuracy']).toBe(1);
    const losses = ofType(events, 'step').map((event) => event.loss);
    expect(losses.at(-1)!).toBeLessThan(losses[0]! / 4);
  });

  test('learns with the loss fcl, and tells its parts', async () => {
    const options = { steps: 60, optimizer: { name: 'adam', learningRate: 0.02 }, evaluation: {} } as const;
    const events = await train({ ...options, loss: fcl({ low: { type: 'noise', sigma: [0, 0.2] } }) });
    expect(ofType(events, 'evaluation').at(-1)?.metrics['accuracy']).toBeGreaterThan(0.9);
    const parts = ofType(events, 'step').map((event) => Object.keys(event.parts));
    expect(parts[0]).toEqual(['crossEntropy']);
    expect(parts.at(-1)).toEqual(['crossEntropy', 'lowView', 'relation']);
  });

  test('makes one sgd step as the formula says, on the model and on the loss', async () => {
    const model = network();
    const loss = recordingLoss();
    const before = weightsOf(model)['head.bias']!;
    const dataset = stripes(10);
    const { x, labels } = await (await dataset.split('train')).examples(Int32Array.from({ length: 10 }, (_, i) => i));
    const input = { x: tf.tensor(x, [10, 4, 4, 1]), labels: tf.tensor1d(labels, 'int32') };
    const bias = model.variables.get('head.bias')!;
    const gradient = tf.variableGrads(
      () => tf.mean(tf.square(model.forward(input.x, { training: true }).logits!)) as tf.Scalar,
      [bias],
    ).grads[bias.name]!;
    const wanted = before.map((value, index) => value - 0.5 * gradient.dataSync()[index]!);
    await train({ model, loss, dataset, steps: 1, optimizer: { name: 'sgd', learningRate: 0.5 } });
    weightsOf(model)['head.bias']!.forEach((value, index) => expect(value).toBeCloseTo(wanted[index]!, 6));
    const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
    expect(loss.scale.dataSync()[0]).toBeCloseTo(1 - 0.5 * mean, 5);
  });

  test('follows the schedule of the learning rate', async () => {
    const learningRate = { schedule: 'linear', learningRate: 1, finalLearningRate: 0 } as const;
    const events = await train({ steps: 4, logEvery: 1, optimizer: { name: 'sgd', learningRate } });
    expect(ofType(events, 'step').map((event) => event.learningRate)).toEqual([1, 0.75, 0.5, 0.25]);
  });

  test('changes no weight that is not trainable', async () => {
    const model = network();
    const bias = model.variables.get('head.bias')!;
    const frozen = tf.variable(tf.tensor1d([1, 2, 3]), false);
    const withFrozen: Model = { ...model, variables: new Map([...model.variables, ['frozen', frozen]]) };
    const before = [...bias.dataSync()];
    const events = await train({ model: withFrozen, steps: 3 });
    expect([...frozen.dataSync()]).toEqual([1, 2, 3]);
    expect([...bias.dataSync()]).not.toEqual(before);
    expect(lastState(events).arrays['model.frozen']?.data).toEqual(Float32Array.of(1, 2, 3));
  });
});

describe('events', () => {
  test('come in order, from start to end', async () => {
    const events = await train({ epochs: 2, logEvery: 3, evaluation: { everyEpochs: 1 } });
    expect(
      events.map((event) => `${event.type} ${'step' in event ? event.step : ''}${'name' in event ? event.name : ''}`),
    ).toEqual([
      ...['start 0', 'step 2', 'step 5', 'evaluation 6', 'checkpoint best', 'checkpoint last'],
      ...[
        'step 8',
        'step 11',
        'evaluation 12',
        ...(ofType(events, 'checkpoint').filter((e) => e.name === 'best').length > 1 ? ['checkpoint best'] : []),
        'checkpoint last',
        'end 12',
      ],
    ]);
    expect(events[0]).toEqual({ type: 'start', step: 0, steps: 12, stepsPerEpoch: 6 });
    expect(events.at(-1)).toEqual({ type: 'end', step: 12, reason: 'finished' });
  });

  test('epochs may be fractions, and dropLast leaves the incomplete batch out', async () => {
    const stepsOf = async (options: object) => (await train({ dataset: stripes(25), ...options }))[0];
    expect(await stepsOf({ epochs: 1 })).toMatchObject({ steps: 3, stepsPerEpoch: 3 });
    expect(await stepsOf({ epochs: 1, dropLast: true })).toMatchObject({ steps: 2, stepsPerEpoch: 2 });
    expect(await stepsOf({ epochs: 0.5, dropLast: true })).toMatchObject({ steps: 1 });
    expect(await stepsOf({})).toMatchObject({ steps: 3 });
  });

  test('checkpoints come at the interval that is asked for and at the end, once', async () => {
    const events = await train({ steps: 7, checkpoints: { everySteps: 3 } });
    expect(ofType(events, 'checkpoint').map((event) => event.state.step)).toEqual([3, 6, 7]);
    const even = await train({ steps: 6, checkpoints: { everySteps: 3 } });
    expect(ofType(even, 'checkpoint').map((event) => event.state.step)).toEqual([3, 6]);
  });

  test('a best checkpoint holds the weights that were evaluated', async () => {
    const model = network();
    const optimizer = { name: 'adam', learningRate: 0.02 } as const;
    const events = await train({ model, steps: 12, optimizer, evaluation: { everySteps: 3, metric: 'crossEntropy' } });
    const losses = ofType(events, 'evaluation').map((event) => event.metrics['crossEntropy']!);
    const best = lastState(events, 'best');
    expect(best.step).toBe(3 * (losses.indexOf(Math.min(...losses)) + 1));
    const bests = ofType(events, 'checkpoint').filter((event) => event.name === 'best');
    expect(bests.length).toBe(
      losses.filter((loss, index) => losses.slice(0, index).every((other) => loss < other)).length,
    );
  });

  test('a reader that stops reading leaves no tensor behind', async () => {
    const model = network();
    const loss = fcl({ warmUpFraction: 0 });
    await train({ model, loss, steps: 1 });
    const before = tf.memory().numTensors;
    for await (const event of events$({ model, loss, steps: 20, logEvery: 2 })) if (event.type === 'step') break;
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('memory', () => {
  test('the number of tensors does not grow with the steps, and nothing is left at the end', async () => {
    const model = network({ normalization: 'batch' });
    const loss = fcl({ warmUpFraction: 0 });
    const before = tf.memory().numTensors;
    const counts: number[] = [];
    const onEvent = () => counts.push(tf.memory().numTensors);
    await train({
      model,
      loss,
      steps: 30,
      logEvery: 5,
      checkpoints: { everySteps: 10 },
      evaluation: { everySteps: 10 },
      onEvent,
    });
    expect(new Set(counts.slice(1, -1)).size).toBe(1);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('data', () => {
  test('an epoch sees every example once, in an order that differs between epochs', async () => {
    const loss = recordingLoss();
    await train({ loss, dataset: stripes(25), epochs: 2 });
    const epoch = (number: number) =>
      loss.inputs.filter(({ step }) => Math.floor(step / 3) === number).flatMap(({ indices }) => indices);
    const all = Array.from({ length: 25 }, (_, index) => index);
    for (const number of [0, 1]) expect([...epoch(number)].sort((a, b) => a - b)).toEqual(all);
    expect(epoch(0)).not.toEqual(epoch(1));
  });

  test('held-out examples are evaluated on and never trained on', async () => {
    const loss = recordingLoss();
    const evaluation = { heldOutFraction: 0.2 };
    const events = await train({ loss, dataset: stripes(50), epochs: 3, evaluation });
    const seen = new Set(loss.inputs.flatMap(({ indices }) => indices));
    expect(seen.size).toBe(40);
    expect(ofType(events, 'start')[0]?.stepsPerEpoch).toBe(4);
    expect(ofType(events, 'evaluation')).toHaveLength(3);
  });

  test('evaluation measures accuracy and cross-entropy, whatever its batch size', async () => {
    const optimizer = { name: 'sgd', learningRate: 0 } as const;
    const model = network();
    const metrics = async (evaluation: object) =>
      ofType(await train({ model, steps: 1, optimizer, evaluation }), 'evaluation')[0]!.metrics;
    const all = await metrics({});
    const small = await metrics({ batchSize: 7 });
    const { x, labels } = await (await stripes().split('test')).examples(Array.from({ length: 30 }, (_, i) => i));
    const logits = model.forward(tf.tensor(x, [30, 4, 4, 1]), { training: false }).logits!.arraySync();
    const right = logits.filter((row, index) => row.indexOf(Math.max(...row)) === labels[index]).length;
    const loss = logits.map(
      (row, index) => Math.log(row.reduce((sum, value) => sum + Math.exp(value), 0)) - row[labels[index]!]!,
    );
    expect(all['accuracy']).toBeCloseTo(right / 30, 10);
    expect(all['crossEntropy']).toBeCloseTo(loss.reduce((a, b) => a + b, 0) / 30, 5);
    expect(small['accuracy']).toBe(all['accuracy']);
    expect(small['crossEntropy']).toBeCloseTo(all['crossEntropy']!, 5);
    expect((await metrics({ size: 1 }))['accuracy']! % 1).toBe(0);
  });

  test('noise reaches the loss, is the same for an example whatever its batch, and new at every step', async () => {
    const inputs = async (batchSize: number, noise: object) => {
      const loss = recordingLoss();
      await train({ loss, dataset: stripes(20), batchSize, steps: 40 / batchSize, noise });
      return loss.inputs;
    };
    const clean = await inputs(20, {});
    const noisy = await inputs(20, { type: 'gaussian', sigma: 0.3 });
    expect(noisy[0]!.indices).toEqual(clean[0]!.indices);
    expect(noisy[0]!.x).not.toEqual(clean[0]!.x);
    const half = await inputs(10, { type: 'gaussian', sigma: 0.3 });
    expect(half[0]!.x).toEqual(noisy[0]!.x.slice(0, 160));
    expect(noisy.every(({ x }) => x.every((value) => value >= 0 && value <= 1))).toBe(true);
  });

  test('the data set keeps its values', async () => {
    const dataset = stripes(20);
    const values = async () => [...(await (await dataset.split('train')).examples([0, 1, 2])).x];
    const before = await values();
    await train({ dataset, noise: { type: 'gaussian', sigma: 1 } });
    expect(await values()).toEqual(before);
  });
});

test('the same seed gives the same bits, another one others', async () => {
  const run = async (seed: number) => {
    const model = network({ dropout: 0.2 });
    await train({ model, steps: 8, seed, noise: { type: 'gaussian', sigma: 0.1 }, loss: fcl({}) });
    return weightsOf(model);
  };
  const first = await run(1);
  expect(await run(1)).toEqual(first);
  expect(await run(2)).not.toEqual(first);
});

test('the plugin brings the component', () => {
  expect(plugin.components).toEqual([supervisedComponent]);
});
