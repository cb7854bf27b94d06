import { activateBackend } from '@equipoise/internal-testing';
import { fcl } from '@equipoise/loss-fcl';
import { EquipoiseError, type TrainingState } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { lastState, network, ofType, train, weightsOf, type Training } from './helpers.js';

beforeAll(() => activateBackend('cpu'));

const adam = { name: 'adam', learningRate: { schedule: 'cosine', learningRate: 0.02 } } as const;
const settings: Omit<Training, 'model'> = { steps: 10, optimizer: adam, checkpoints: { everySteps: 5 } };
const architecture = { normalization: 'batch', dropout: 0.2 } as const;

/** A state as a file would hold it: arrays copied, facts through JSON. */
function stored(state: TrainingState): TrainingState {
  const copy = ([name, { shape, data }]: [string, TrainingState['arrays'][string]]) => [
    name,
    { shape: [...shape], data: data.slice() },
  ];
  const arrays = Object.fromEntries(Object.entries(state.arrays).map(copy)) as TrainingState['arrays'];
  return { step: state.step, arrays, facts: JSON.parse(JSON.stringify(state.facts)) as TrainingState['facts'] };
}

describe('resume', () => {
  test.each<[string, () => Partial<Training>]>([
    ['cross-entropy', () => ({})],
    ['fcl', () => ({ loss: fcl({ warmUpSteps: 3 }) })],
    ['noise and balanced sampling', () => ({ noise: { type: 'gaussian', fraction: 0.5 }, sampling: 'class-balanced' })],
    ['momentum', () => ({ optimizer: { name: 'momentum', clipNorm: 1 } })],
    ['evaluation', () => ({ evaluation: { everySteps: 2 }, earlyStopping: { patience: 50 } })],
  ])('5 steps, a kill and 5 more give the bits of 10 steps: %s', async (_name, options) => {
    const whole = network(architecture);
    const wholeEvents = await train({ ...settings, ...options(), model: whole });

    const first = network(architecture);
    const events = await train({ ...settings, ...options(), model: first });
    const saved = stored(
      ofType(events, 'checkpoint').find((event) => event.state.step === 5 && event.name === 'last')!.state,
    );
    const second = network({ ...architecture, seed: 77 });
    expect(weightsOf(second)).not.toEqual(weightsOf(first));
    const resumed = await train({ ...settings, ...options(), model: second, resumeFrom: saved });

    expect(resumed[0]).toMatchObject({ type: 'start', step: 5, steps: 10 });
    expect(weightsOf(second)).toEqual(weightsOf(whole));
    expect(lastState(resumed)).toEqual(lastState(wholeEvents));
  });

  test('a state of a finished run trains no further', async () => {
    const model = network();
    const state = lastState(await train({ model, steps: 4 }));
    const before = weightsOf(model);
    const events = await train({ model, steps: 4, resumeFrom: state });
    expect(weightsOf(model)).toEqual(before);
    expect(events.map((event) => event.type)).toEqual(['start', 'checkpoint', 'end']);
  });

  test('goes on longer where more steps are asked for', async () => {
    const state = lastState(await train({ steps: 4 }));
    const events = await train({ steps: 6, resumeFrom: state });
    expect(events.at(-1)).toEqual({ type: 'end', step: 6, reason: 'finished' });
  });

  test('another seed is a warning', async () => {
    const state = lastState(await train({ steps: 2, seed: 1 }));
    const codes = async (seed: number) =>
      ofType(await train({ steps: 3, seed, resumeFrom: state }), 'warning').map((event) => event.code);
    expect(await codes(1)).toEqual([]);
    expect(await codes(2)).toEqual(['EQUIPOISE_RESUMED_WITH_OTHER_SEED']);
  });

  test.each<[string, Partial<Training>, string]>([
    ['another model', { model: undefined as never }, 'EQUIPOISE_SHAPE'],
    ['another optimizer', { optimizer: { name: 'momentum' } }, 'EQUIPOISE_DATA'],
  ])('a state of %s is refused, and nothing is changed', async (_name, options, code) => {
    const state = lastState(await train({ steps: 2 }));
    const model = network(options.model === undefined && 'model' in options ? { hidden: [9] } : {});
    const before = weightsOf(model);
    const tensors = tf.memory().numTensors;
    const error: unknown = await train({ steps: 3, ...options, model, resumeFrom: state }).catch(
      (reason: unknown) => reason,
    );
    expect(EquipoiseError.isInstance(error, code)).toBe(true);
    expect(weightsOf(model)).toEqual(before);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  test('a state without one of the weights is refused and the weights are named', async () => {
    const state = lastState(await train({ steps: 2 }));
    const arrays = Object.fromEntries(Object.entries(state.arrays).filter(([name]) => name !== 'model.head.bias'));
    await expect(train({ steps: 3, resumeFrom: { ...state, arrays } })).rejects.toThrow(/missing: "model\.head\.bias"/);
  });
});

describe('abort', () => {
  test('ends after the step that runs, with a checkpoint from which the run goes on to the same bits', async () => {
    const controller = new AbortController();
    const model = network();
    const onEvent = (event: { type: string; step?: number }) => {
      if (event.type === 'step' && event.step === 4) controller.abort();
    };
    const options = { ...settings, logEvery: 1, checkpoints: { everySteps: 100 } };
    const events = await train({ ...options, model, signal: controller.signal, onEvent });
    expect(events.at(-1)).toEqual({ type: 'end', step: 5, reason: 'aborted' });
    const state = lastState(events);
    expect(state.step).toBe(5);
    expect([...state.arrays['model.head.bias']!.data]).toEqual(weightsOf(model)['head.bias']);

    const whole = network();
    await train({ ...options, model: whole });
    const resumed = network({ seed: 5 });
    await train({ ...options, model: resumed, resumeFrom: stored(state) });
    expect(weightsOf(resumed)).toEqual(weightsOf(whole));
  });

  test('before the first step changes nothing', async () => {
    const model = network();
    const before = weightsOf(model);
    const events = await train({ model, steps: 5, signal: AbortSignal.abort() });
    expect(events.map((event) => event.type)).toEqual(['start', 'checkpoint', 'end']);
    expect(weightsOf(model)).toEqual(before);
  });
});

describe('early stopping', () => {
  const still = { name: 'sgd', learningRate: 0 } as const;

  test('ends the run after as many evaluations without improvement as patience says', async () => {
    const events = await train({
      steps: 100,
      optimizer: still,
      evaluation: { everySteps: 4 },
      earlyStopping: { patience: 3 },
    });
    // The first evaluation is an improvement over none; three more are not.
    expect(events.at(-1)).toEqual({ type: 'end', step: 16, reason: 'early-stop' });
    expect(ofType(events, 'evaluation')).toHaveLength(4);
    expect(lastState(events).step).toBe(16);
  });

  test('does not count what is less than minDelta', async () => {
    const options = {
      steps: 40,
      optimizer: { name: 'sgd', learningRate: 0.001 },
      earlyStopping: { patience: 2, minDelta: 0.5 },
    } as const;
    const events = await train({ ...options, evaluation: { everySteps: 2, metric: 'crossEntropy' } });
    const losses = ofType(events, 'evaluation').map((event) => event.metrics['crossEntropy']!);
    expect(losses[1]!).toBeLessThan(losses[0]!);
    expect(events.at(-1)).toMatchObject({ step: 6, reason: 'early-stop' });
    expect(lastState(events, 'best').step).toBe(6);
  });

  test('runs to the end while the metric improves', async () => {
    const evaluation = { everySteps: 4, metric: 'crossEntropy' } as const;
    const events = await train({
      steps: 20,
      optimizer: { name: 'sgd', learningRate: 0.05 },
      evaluation,
      earlyStopping: { patience: 1 },
    });
    expect(events.at(-1)).toMatchObject({ step: 20, reason: 'finished' });
  });

  test('a run whose patience is over does not go on when it is resumed', async () => {
    const options = { steps: 100, optimizer: still, evaluation: { everySteps: 1 }, earlyStopping: { patience: 2 } };
    const state = lastState(await train(options));
    const events = await train({ ...options, resumeFrom: state });
    expect(events.at(-1)).toMatchObject({ step: state.step, reason: 'early-stop' });
  });
});
