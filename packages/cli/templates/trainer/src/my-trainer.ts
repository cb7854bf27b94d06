import { factory, stateArrays } from '@equipoise/kit';
import {
  defineComponent,
  type RunContext,
  type Trainer,
  type TrainingEvent,
  type TrainingState,
  type TrainingTask,
} from '@equipoise/spec';
import type { Variable } from '@tensorflow/tfjs-core';
import * as z from 'zod';
import { namedVariables, restore } from './state.js';
import { trainStep } from './train-step.js';

const schema = z.strictObject({
  steps: z.int().min(1).default(100).describe('Updates of the weights.'),
  batchSize: z.int().min(1).default(32).describe('Examples a step.'),
  learningRate: z.number().positive().default(0.1).describe('Length of a step along the negative gradient.'),
  checkpointEvery: z.int().min(1).default(50).describe('Steps between two checkpoints.'),
});

type Settings = z.output<typeof schema>;

/** Options of {@link myTrainer}. */
export type MyTrainerOptions = z.input<typeof schema>;

/**
 * Plain gradient descent, w ← w − η·∇L, on batches that are drawn anew at every step.
 *
 * The batch of a step is a pure function of (seed, step), so that a run that was interrupted goes on to the same bits. Events: `start`,
 * `step` at every step, `checkpoint` (`last`) at intervals and at the end, `end`.
 */
export const myTrainerComponent = defineComponent({
  specVersion: 1,
  kind: 'trainer',
  name: 'my-trainer',
  description: 'Plain gradient descent with checkpoints',
  options: schema,
  example: { steps: 10, batchSize: 16, learningRate: 0.3, checkpointEvery: 4 },
  create: (settings): Trainer => ({ doFit: (task, context) => fit(task, context, settings) }),
});

/** Makes the trainer; see {@link myTrainerComponent}. */
export const myTrainer = factory(myTrainerComponent);

async function* fit(task: TrainingTask, context: RunContext, settings: Settings): AsyncGenerator<TrainingEvent> {
  const { steps, batchSize, learningRate, checkpointEvery } = settings;
  const split = await task.dataset.split('train');
  const variables = namedVariables(task);
  if (task.resumeFrom) restore(variables, task.resumeFrom);
  const first = task.resumeFrom?.step ?? 0;
  yield { type: 'start', step: first, steps, stepsPerEpoch: Math.ceil(split.size / batchSize) };
  for (let step = first; step < steps; step++) {
    if (context.signal?.aborted) {
      yield await checkpoint(step, variables);
      return yield { type: 'end', step, reason: 'aborted' };
    }
    const { loss, parts } = await trainStep({ task, split, variables, rng: context.rng, step, ...settings });
    yield { type: 'step', step, steps, learningRate, loss, parts };
    const done = step + 1;
    if (done % checkpointEvery === 0 || done === steps) yield await checkpoint(done, variables);
  }
  yield { type: 'end', step: steps, reason: 'finished' };
}

async function checkpoint(step: number, variables: ReadonlyMap<string, Variable>): Promise<TrainingEvent> {
  const state: TrainingState = { step, arrays: await stateArrays(Object.fromEntries(variables)), facts: {} };
  return { type: 'checkpoint', name: 'last', state };
}
