import type { Model, Trainer, TrainingEvent, TrainingState } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { defineCheck, type Check, type Expect } from '../check.js';
import { difference, finite, valuesOf } from '../compare.js';
import { checkContext, type Make } from '../context.js';
import { toyDataset } from '../toys/toy-dataset.js';
import { toyLoss } from '../toys/toy-loss.js';
import { toyModel } from '../toys/toy-model.js';

interface Training {
  readonly events: TrainingEvent[];
  readonly weights: number[];
}

interface FitOptions {
  readonly signal?: AbortSignal;
  readonly resumeFrom?: TrainingState;
  readonly onEvent?: (event: TrainingEvent) => void;
}

async function weightsOf(model: Model): Promise<number[]> {
  return (await Promise.all([...model.variables.values()].map(valuesOf))).flat();
}

async function fit(make: Make<Trainer>, { signal, resumeFrom, onEvent }: FitOptions = {}): Promise<Training> {
  const context = checkContext(1, signal);
  const trainer = await make(context);
  const model = toyModel();
  const events: TrainingEvent[] = [];
  try {
    const task = { model, dataset: toyDataset(), loss: toyLoss(), ...(resumeFrom === undefined ? {} : { resumeFrom }) };
    for await (const event of trainer.doFit(task, context)) {
      events.push(event);
      onEvent?.(event);
    }
    return { events, weights: await weightsOf(model) };
  } finally {
    model.dispose();
  }
}

function checkEvents(events: readonly TrainingEvent[], expect: Expect): void {
  expect(events[0]?.type === 'start', `the first event is "${events[0]?.type}", expected "start"`);
  const last = events.at(-1);
  expect(last?.type === 'end', `the last event is "${last?.type}", expected "end"`);
  const steps = events.flatMap((event) => (event.type === 'step' ? [event.step] : []));
  expect(steps.length > 0, 'there is no event "step"');
  expect(
    steps.every((step, i) => i === 0 || step > (steps[i - 1] as number)),
    'steps do not grow',
  );
}

async function meanLoss(weights: readonly number[]): Promise<number> {
  const model = toyModel();
  let offset = 0;
  for (const variable of model.variables.values()) {
    const values = weights.slice(offset, (offset += variable.size));
    tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
  }
  const split = await toyDataset().split('train');
  const { x, shape, labels } = await split.examples(Array.from({ length: split.size }, (_, i) => i));
  const total = tf.tidy(() => {
    const { logits } = model.forward(tf.tensor(x, [...shape]), { training: false });
    return tf.neg(
      tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits as tf.Tensor2D), tf.oneHot(tf.tensor1d(labels, 'int32'), 3)), 1)),
    );
  });
  const [value] = await valuesOf(total);
  total.dispose();
  model.dispose();
  return value as number;
}

async function checkResume(make: Make<Trainer>, expect: Expect): Promise<void> {
  const whole = await fit(make);
  const state = whole.events.flatMap((event) =>
    event.type === 'checkpoint' && event.name === 'last' ? [event.state] : [],
  )[0];
  if (state === undefined) return expect(false, 'there is no event "checkpoint" of name "last" to resume from');
  const resumed = await fit(make, { resumeFrom: state });
  expect(
    difference(whole.weights, resumed.weights) === 0,
    `resumed at step ${state.step}, the weights end up different`,
    { step: state.step },
  );
}

/** Checks of a trainer, with a small network, images with bright stripes, and cross-entropy; `make` makes a new one for every check. */
export function trainerChecks(make: Make<Trainer>): Check[] {
  return [
    defineCheck('trainer/events', 'tells start, growing steps and end', async (expect) => {
      checkEvents((await fit(make)).events, expect);
    }),
    defineCheck('trainer/loss-falls', 'lowers the loss', async (expect) => {
      const model = toyModel();
      const before = await meanLoss(await weightsOf(model));
      model.dispose();
      const after = await meanLoss((await fit(make)).weights);
      expect(after < before, `the mean cross-entropy went from ${before} to ${after}`);
    }),
    defineCheck('trainer/same-seed-same-weights', 'is a pure function of the task and the seed', async (expect) => {
      expect(
        difference((await fit(make)).weights, (await fit(make)).weights) === 0,
        'the same seed gave other weights',
      );
    }),
    defineCheck('trainer/resume', 'resumes from its first checkpoint to the same bits', (expect) =>
      checkResume(make, expect),
    ),
    defineCheck('trainer/abort', 'stops when it is asked to, and leaves finite weights', async (expect) => {
      const controller = new AbortController();
      const onEvent = ({ type }: TrainingEvent) => type === 'step' && controller.abort();
      const { events, weights } = await fit(make, { signal: controller.signal, onEvent });
      const last = events.at(-1);
      expect(
        last?.type === 'end' && last.reason === 'aborted',
        `the last event is ${JSON.stringify(last)}, expected "end" with reason "aborted"`,
      );
      expect(finite(weights), 'the weights are not finite');
    }),
    defineCheck('trainer/no-leak', 'leaves no tensor behind', async (expect) => {
      await fit(make);
      const before = tf.memory().numTensors;
      await fit(make);
      const left = tf.memory().numTensors - before;
      expect(left === 0, `${left} tensors are left after a training`);
    }),
  ];
}
