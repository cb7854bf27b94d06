import { pgd } from '@equipoise/attack-pgd';
import { activateBackend } from '@equipoise/internal-testing';
import { EquipoiseError, type TrainingState } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { lastState, network, ofType, train, weightsOf, type Training } from './helpers.js';

beforeAll(() => activateBackend('cpu'));

const architecture = { normalization: 'batch', dropout: 0.2 } as const;
const settings: Training = {
  steps: 14,
  optimizer: { name: 'adam', learningRate: 0.02 },
  checkpoints: { everySteps: 7 },
};

/** A state as a file would hold it: arrays copied, facts through JSON. */
function stored({ step, arrays, facts }: TrainingState): TrainingState {
  const copies = Object.entries(arrays).map(
    ([name, { shape, data }]) => [name, { shape, data: data.slice() }] as const,
  );
  return {
    step,
    arrays: Object.fromEntries(copies),
    facts: JSON.parse(JSON.stringify(facts)) as TrainingState['facts'],
  };
}

describe('resume', () => {
  test.each<[string, Training]>([
    ['an attack', {}],
    ['clean and adversarial losses', { cleanWeight: 0.3 }],
    ['warm starts', { warmStart: true }],
    ['a radius that grows', { eps: { schedule: 'linear', learningRate: 0, finalLearningRate: 0.2 } }],
    ['free training', { free: { replays: 4, eps: 0.1 } }],
    ['evaluation and best weights', { evaluation: { everySteps: 3 }, keepBest: true, earlyStopping: { patience: 50 } }],
  ])('7 steps, a kill and 7 more give the bits of 14 steps: %s', async (_name, options) => {
    const whole = network(architecture);
    const wholeEvents = await train({ ...settings, ...options, model: whole });
    const saved = ofType(wholeEvents, 'checkpoint').find(({ state, name }) => state.step === 7 && name === 'last')!;
    const second = network({ ...architecture, seed: 77 });
    const resumed = await train({ ...settings, ...options, model: second, resumeFrom: stored(saved.state) });
    expect(weightsOf(second)).toEqual(weightsOf(whole));
    expect(lastState(resumed)).toEqual(lastState(wholeEvents));
  });

  test('a finished run gives the best weights again', async () => {
    const options = { ...settings, evaluation: { everySteps: 2 }, keepBest: true };
    const model = network();
    const state = lastState(await train({ ...options, model }));
    const again = network({ seed: 3 });
    await train({ ...options, model: again, resumeFrom: stored(state) });
    expect(weightsOf(again)).toEqual(weightsOf(model));
  });

  test.each<[string, Training, Training]>([
    ['without warm starts', {}, { warmStart: true }],
    ['with warm starts', { warmStart: true }, {}],
    ['of free training', { free: { replays: 2, eps: 0.1 } }, { attack: pgd({ eps: 0.1, steps: 2 }) }],
    [
      'of free training with another batch',
      { free: { replays: 2, eps: 0.1 } },
      { free: { replays: 2, eps: 0.1 }, batchSize: 5 },
    ],
  ])('a state %s is refused where it does not fit, and nothing is changed', async (_name, first, second) => {
    const state = lastState(await train({ ...first, steps: 2 }));
    const model = network();
    const before = weightsOf(model);
    const tensors = tf.memory().numTensors;
    const failure: unknown = await train({ ...second, steps: 4, model, resumeFrom: state }).catch(
      (error: unknown) => error,
    );
    expect(EquipoiseError.isInstance(failure)).toBe(true);
    expect(weightsOf(model)).toEqual(before);
    expect(tf.memory().numTensors).toBe(tensors);
  });
});
