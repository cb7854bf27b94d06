import { activateBackend } from '@equipoise/internal-testing';
import type { RunEvent, Trainer, TrainingEvent } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { captureModel, createContext, fit, type FitOptions } from '../src/index.js';
import { fakeBackend, linear, points, squares, stream, walker } from './fakes.js';

beforeAll(() => activateBackend('cpu'));
afterEach(() => tf.disposeVariables());

function options(changes: Partial<FitOptions> = {}): FitOptions {
  return {
    trainer: walker({ steps: 4 }),
    model: linear(stream('model')),
    dataset: points(stream('data')),
    loss: squares(),
    context: createContext({ seed: 1 }),
    ...changes,
  };
}

const telling = (...events: TrainingEvent[]): Trainer => ({
  async *doFit() {
    yield* events;
  },
});
const step = (loss: number): TrainingEvent => ({
  type: 'step',
  step: 0,
  steps: 1,
  learningRate: 1,
  loss,
  parts: { a: loss },
});

describe('fitting', () => {
  test('changes the model, tells every event, and says how it ended', async () => {
    const heard: string[] = [];
    const reported: RunEvent[] = [];
    const context = createContext({ seed: 1, report: (event) => reported.push(event) });
    const task = options({ context, onEvent: ({ type }) => void heard.push(type) });
    const before = await captureModel(task.model, 0);
    const result = await fit(task);
    expect(result).toMatchObject({ step: 4, reason: 'finished', loss: expect.any(Number) });
    expect(heard.filter((type) => type === 'step')).toHaveLength(4);
    expect(reported).toHaveLength(heard.length);
    expect(await captureModel(task.model, 0)).not.toEqual(before);
  });

  test('goes on from a state to the same weights', async () => {
    const whole = options();
    let state;
    await fit({
      ...whole,
      onEvent: (event) => void (event.type === 'checkpoint' && event.state.step === 2 && (state = event.state)),
    });
    const resumed = options({ model: linear(stream('another model')), resumeFrom: state });
    await fit(resumed);
    expect(await captureModel(resumed.model, 4)).toEqual(await captureModel(whole.model, 4));
  });

  test('waits for whoever keeps checkpoints', async () => {
    const order: string[] = [];
    const onEvent = async (event: TrainingEvent) => {
      if (event.type !== 'checkpoint') return;
      await new Promise((resolve) => setTimeout(resolve, 1));
      order.push(`kept ${event.state.step}`);
    };
    await fit(options({ trainer: walker({ steps: 2 }), onEvent }));
    expect(order).toEqual(['kept 0', 'kept 1']);
  });

  test('stops when aborted', async () => {
    const controller = new AbortController();
    controller.abort();
    const result = await fit(options({ context: createContext({ signal: controller.signal }) }));
    expect(result).toMatchObject({ step: 0, reason: 'aborted' });
  });

  test.each([NaN, Infinity, -Infinity])('refuses a loss of %d and lets the trainer tidy up', async (loss) => {
    let tidied = false;
    const trainer: Trainer = {
      async *doFit() {
        try {
          yield step(1);
          yield step(loss);
        } finally {
          tidied = true;
        }
      },
    };
    const heard: TrainingEvent[] = [];
    await expect(fit(options({ trainer, onEvent: (event) => void heard.push(event) }))).rejects.toMatchObject({
      code: 'EQUIPOISE_NUMERICAL',
      details: { loss: String(loss) },
    });
    expect(heard).toEqual([step(1)]);
    expect(tidied).toBe(true);
  });

  test('refuses a checkpoint that holds NaN', async () => {
    const arrays = { 'model.weights': { shape: [2], data: Float32Array.of(1, NaN) } };
    const trainer = telling({ type: 'checkpoint', name: 'last', state: { step: 7, arrays, facts: {} } });
    await expect(fit(options({ trainer }))).rejects.toThrow(/"model.weights" holds NaN at step 7/);
  });
});

describe('before anything runs', () => {
  const never: Trainer = {
    doFit: () => {
      throw new Error('The trainer was begun.');
    },
  };
  const support = { gradients: true, secondOrder: true, logits: true };
  const backend = (capabilities: object) => ({
    ...fakeBackend(true),
    capabilities: { ...fakeBackend(true).capabilities, ...capabilities },
  });
  const model = (changes: object) => linear(stream('model'), changes);
  const data = (changes: object) => {
    const dataset = points(stream('data'));
    return { ...dataset, info: { ...dataset.info, ...changes } };
  };

  test.each<[string, () => Partial<FitOptions>, string, RegExp]>([
    [
      'a loss that needs logits, and a model without',
      () => ({ model: model({ supports: { ...support, logits: false } }) }),
      'UNSUPPORTED',
      /loss needs logits, which the model/,
    ],
    [
      'a loss that needs two views, and a trainer of one',
      () => ({ loss: squares({}, { views: 2 }) }),
      'UNSUPPORTED',
      /2 views of each example, which the trainer \(it gives 1\)/,
    ],
    [
      'a second-order loss, and a model that is not',
      () => ({
        loss: squares({}, { gradientOrder: 2 }),
        model: model({ supports: { ...support, secondOrder: false } }),
      }),
      'UNSUPPORTED',
      /second-order gradients, which the model/,
    ],
    [
      'a second-order loss, and a backend that is not',
      () => ({ loss: squares({}, { gradientOrder: 2 }), backend: backend({ secondOrder: false }) }),
      'UNSUPPORTED',
      /second-order gradients, which the backend "cpu"/,
    ],
    [
      'a backend that cannot train',
      () => ({ backend: backend({ training: false }) }),
      'UNSUPPORTED',
      /gradients of weights, which the backend/,
    ],
    [
      'a model without variables',
      () => ({ model: model({ variables: new Map() }) }),
      'UNSUPPORTED',
      /variables that it can train/,
    ],
    [
      'examples of another shape',
      () => ({ model: model({ inputShape: [28, 28, 1] }) }),
      'SHAPE',
      /\[2\]; expected \[28, 28, 1\]/,
    ],
    [
      'values beyond the bounds of the model',
      () => ({ dataset: data({ bounds: [0, 255] }) }),
      'DATA',
      /\[0, 255\]; the model takes \[0, 1\]/,
    ],
    [
      'more classes than the model has',
      () => ({ dataset: data({ classes: ['a', 'b', 'c'] }) }),
      'SHAPE',
      /\[2\]; expected \[3\]/,
    ],
    [
      'no training split',
      () => ({ dataset: points(stream('data'), { test: 3 }) }),
      'DATA',
      /no split "train"; it has: test/,
    ],
    ['an empty training split', () => ({ dataset: points(stream('data'), { train: 0 }) }), 'DATA', /no examples/],
    [
      'a label that is no class',
      () => ({ dataset: data({ classes: ['a'] }) }),
      'DATA',
      /the label 1 at index \d+; expected whole numbers from 0 to 0/,
    ],
  ])('%s is refused', async (_, changes, code, message) => {
    const task = options({ trainer: never, ...changes() });
    await expect(fit(task)).rejects.toMatchObject({
      code: `EQUIPOISE_${code}`,
      message: expect.stringMatching(message),
    });
  });

  test('a trainer that gives two views is accepted by a loss that needs two', async () => {
    const trainer = { ...telling(), supports: { views: 2 } };
    await expect(fit(options({ trainer, loss: squares({}, { views: 2 }) }))).resolves.toMatchObject({ step: 0 });
  });

  test('classes that the data lack are a warning', async () => {
    const reported: RunEvent[] = [];
    const context = createContext({ report: (event) => reported.push(event) });
    await fit(options({ trainer: telling(), model: model({ classes: 10 }), context }));
    expect(reported).toMatchObject([{ type: 'warning', code: 'EQUIPOISE_UNUSED_CLASSES' }]);
  });
});
