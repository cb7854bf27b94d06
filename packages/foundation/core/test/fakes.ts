import { batchTensors, componentOption, createRng, inference } from '@equipoise/kit';
import {
  type Backend,
  type Dataset,
  defineComponent,
  definePlugin,
  type Loss,
  type Model,
  type Report,
  type Rng,
  type RunContext,
  type Split,
  type Trainer,
  type TrainingEvent,
  type TrainingState,
} from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';
import { captureModel, createRegistry, restoreModel } from '../src/index.js';

/** Two classes of points in [0, 1]², told apart by their first coordinate. */
export function points(rng: Rng, sizes: Readonly<Record<string, number>> = { train: 32, test: 16 }): Dataset {
  const classes = ['left', 'right'];
  const splits = Object.keys(sizes);
  return {
    info: { name: 'points', inputShape: [2], bounds: [0, 1], classes, splits },
    split: async (name) => pointSplit(rng.fork(name), sizes[name] ?? 0),
  };
}

function pointSplit(rng: Rng, size: number): Split {
  const x = rng.uniforms(2 * size);
  const labels = Int32Array.from({ length: size }, (_, index) => ((x[2 * index] as number) < 0.5 ? 0 : 1));
  return {
    size,
    labels,
    examples: async (indices) => {
      const chosen = Array.from(indices);
      return {
        shape: [chosen.length, 2],
        x: Float32Array.from(chosen.flatMap((index) => [...x.subarray(2 * index, 2 * index + 2)])),
        labels: Int32Array.from(chosen, (index) => labels[index] as number),
      };
    },
  };
}

/** logits = x·W + b. */
export function linear(rng: Rng, overrides: Partial<Model> = {}): Model {
  const [weights, bias] = tf.tidy(() => [
    tf.variable(tf.tensor2d(rng.normals(4), [2, 2])),
    tf.variable(tf.zeros([2])),
  ]) as [tf.Variable, tf.Variable];
  return {
    inputShape: [2],
    bounds: [0, 1],
    classes: 2,
    supports: { gradients: true, secondOrder: true, logits: true },
    variables: new Map<string, tf.Variable>([
      ['weights', weights],
      ['bias', bias],
    ]),
    forward: (x) => {
      const logits = tf.add(tf.matMul(x as tf.Tensor2D, weights as tf.Tensor2D), bias) as tf.Tensor2D;
      return { logits, embedding: logits, layers: { logits } };
    },
    dispose: () => tf.dispose([weights, bias]),
    ...overrides,
  };
}

/** strength · mean(logits²), and NaN from a step on. */
export function squares({ strength = 1, nanAt = Infinity } = {}, needs: Partial<Loss['needs']> = {}): Loss {
  return {
    needs: { labels: true, logits: true, views: 1, gradientOrder: 1, ...needs },
    variables: new Map(),
    doCompute: ({ model, x, step }) => {
      const { logits } = model.forward(x, inference);
      const total = tf.mul(tf.mean(tf.square(logits as tf.Tensor2D)), step >= nanAt ? NaN : strength) as tf.Scalar;
      return { total, parts: { squares: total } };
    },
  };
}

/** Walks at random, as far as the loss is large; keeps a checkpoint before every step. */
export function walker({ steps = 6 } = {}): Trainer {
  return {
    async *doFit({ model, dataset, loss, resumeFrom }, context): AsyncGenerator<TrainingEvent> {
      if (resumeFrom) restoreModel(model, resumeFrom, 'the checkpoint');
      const split = await dataset.split('train');
      const { x, labels } = batchTensors(await split.examples([0, 1, 2, 3]));
      const first = resumeFrom?.step ?? 0;
      try {
        yield { type: 'start', step: first, steps, stepsPerEpoch: steps };
        for (let step = first; step < steps; step++) {
          const state: TrainingState = await captureModel(model, step);
          yield { type: 'checkpoint', name: 'last', state };
          if (context.signal?.aborted) {
            yield { type: 'end', step, reason: 'aborted' };
            return;
          }
          const rng = context.rng.fork('step').fork(step);
          const input = { model, x, labels, mode: inference, rng, sampleIndices: [0, 1, 2, 3], step, steps };
          const total = tf.tidy(() => loss.doCompute(input, {}).total.dataSync()[0] as number);
          move(model, rng, total);
          yield { type: 'step', step, steps, learningRate: 0.1, loss: total, parts: { squares: total } };
        }
        yield { type: 'end', step: steps, reason: 'finished' };
      } finally {
        tf.dispose([x, labels]);
      }
    },
  };
}

function move(model: Model, rng: Rng, distance: number): void {
  tf.tidy(() => {
    for (const [name, variable] of model.variables) {
      const direction = tf.tensor(rng.fork(name).normals(variable.size), variable.shape);
      variable.assign(tf.add(variable, tf.mul(direction, 0.01 * distance)));
    }
  });
}

/** A report with one table of one number. */
export function numberReport(title: string, value: number): Report {
  return {
    reportVersion: 1,
    title,
    summary: [`${title} is known.`],
    tables: [{ title, columns: [{ key: 'value', label: 'Value' }], rows: [{ value }] }],
    figures: [],
    images: [],
    data: { value },
  };
}

async function sumOfWeights(model: Model, rng: Rng): Promise<number> {
  const weights = Array.from((await model.variables.get('weights')?.data()) ?? []);
  return weights.reduce((sum, value) => sum + value, rng.uniform());
}

/** Counts to three, keeping each number; how often it had to begin anew. */
async function countParts({ storage, signal, report }: RunContext): Promise<number> {
  let done = 0;
  for (let part = 0; part < 3; part++) {
    if ((await storage?.load(`part-${part}`)) !== undefined) continue;
    signal?.throwIfAborted();
    report({ type: 'progress', label: 'parts', done: part, total: 3 });
    await storage?.save(`part-${part}`, part);
    done += 1;
  }
  return done;
}

const common = { specVersion: 1, description: 'For tests.' } as const;
const none = z.strictObject({});

/** A backend that is not there, or is and does nothing. */
export function fakeBackend(available: boolean): Backend {
  return {
    tfjsName: 'cpu',
    capabilities: { training: true, secondOrder: true, workers: false, environments: ['node', 'browser'] },
    doProbe: async () =>
      available
        ? { available, device: 'imagined', version: '0' }
        : { available, reason: 'its library is missing', remedy: 'install its library' },
    doActivate: async () => {
      await tf.setBackend('cpu');
    },
  };
}

const fakes = definePlugin({
  specVersion: 1,
  id: '@equipoise/fakes',
  components: [
    defineComponent({ ...common, kind: 'dataset', name: 'points', options: none, create: (_, { rng }) => points(rng) }),
    defineComponent({ ...common, kind: 'model', name: 'linear', options: none, create: (_, { rng }) => linear(rng) }),
    defineComponent({
      ...common,
      kind: 'loss',
      name: 'squares',
      options: z.strictObject({ strength: z.number().default(1), nanAt: z.int().default(1e9) }),
      create: (options) => squares(options),
    }),
    defineComponent({
      ...common,
      kind: 'loss',
      name: 'first-of',
      options: z.strictObject({ losses: z.array(componentOption('loss')).min(1) }),
      references: { losses: 'loss' },
      create: ({ losses }) => losses[0] as Loss,
    }),
    defineComponent({
      ...common,
      kind: 'trainer',
      name: 'walker',
      options: z.strictObject({ steps: z.int().positive() }),
      create: (options) => walker(options),
    }),
    defineComponent({
      ...common,
      kind: 'analysis',
      name: 'weights',
      options: none,
      create: () => ({
        doAnalyze: async ({ model }, { rng }) => numberReport('Weights', await sumOfWeights(model, rng)),
        doCompare: (entries) => ({
          ...numberReport('Weights', entries.length),
          data: { entries: entries.map(({ row, seed, report }) => [row, seed, report.data['value']]) },
        }),
      }),
    }),
    defineComponent({
      ...common,
      kind: 'analysis',
      name: 'alone',
      options: none,
      create: () => ({
        doAnalyze: async ({ model }, { rng }) => numberReport('Alone', await sumOfWeights(model, rng)),
      }),
    }),
    defineComponent({
      ...common,
      kind: 'analysis',
      name: 'in-parts',
      options: none,
      create: () => ({ doAnalyze: async (_, context) => numberReport('In parts', await countParts(context)) }),
    }),
    defineComponent({ ...common, kind: 'backend', name: 'cpu', options: none, create: () => fakeBackend(true) }),
    defineComponent({ ...common, kind: 'backend', name: 'node', options: none, create: () => fakeBackend(false) }),
  ],
});

export const registry = createRegistry().use(fakes);

/** A stream for tests. */
export const stream = (label: string): Rng => createRng('tests').fork(label);
