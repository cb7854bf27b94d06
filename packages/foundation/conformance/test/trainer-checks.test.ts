import { activateBackend } from '@equipoise/internal-testing';
import type { Trainer, TrainingEvent } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { trainerChecks } from '../src/index.js';
import { failing, idsOf } from './broken.js';
import { goodTrainer, impureNumber } from './good-components.js';

function altered(
  change: (event: TrainingEvent, task: Parameters<Trainer['doFit']>[0]) => TrainingEvent[],
): () => Trainer {
  return () => ({
    async *doFit(task, context) {
      for await (const event of goodTrainer().doFit(task, context)) yield* change(event, task);
    },
  });
}

const broken: Record<string, () => Trainer> = {
  'trainer/events': altered((event) => (event.type === 'start' ? [] : [event])),
  'trainer/loss-falls': altered((event, { model }) => {
    const head = model.variables.get('head.kernel');
    if (event.type === 'end' && head) tf.tidy(() => head.assign(tf.mul(head, -5)));
    return [event];
  }),
  'trainer/same-seed-same-weights': altered((event, { model }) => {
    const [variable] = model.variables.values();
    if (event.type === 'end' && variable) tf.tidy(() => variable.assign(tf.add(variable, 1e-3 * impureNumber())));
    return [event];
  }),
  'trainer/resume': altered((event) =>
    event.type === 'checkpoint' ? [{ ...event, state: { ...event.state, step: event.state.step + 1 } }] : [event],
  ),
  'trainer/abort': () => ({
    doFit: (task, { rng, report }) => goodTrainer().doFit(task, { rng, report }),
  }),
  'trainer/no-leak': altered((event) => {
    tf.keep(tf.scalar(1));
    return [event];
  }),
};

describe('trainer checks', () => {
  beforeAll(() => activateBackend('cpu'));
  test('pass for a good trainer', async () => expect(await failing(trainerChecks(goodTrainer))).toEqual([]));

  test('each has something that breaks it', () =>
    expect(Object.keys(broken).sort()).toEqual(idsOf(trainerChecks(goodTrainer))));

  for (const [id, make] of Object.entries(broken)) {
    test(`${id} fails for the trainer that breaks it`, async () => {
      expect(await failing(trainerChecks(make))).toContain(id);
    });
  }
});
