import {
  ascend,
  type Ascended,
  createRegion,
  type Evaluator,
  inspectFirst,
  type Place,
  projectedSteps,
} from '@equipoise/ascent';
import { inputGradientsWith, safeNorm } from '@equipoise/autodiff';
import { asynchronousFactory, batchTensors, classify, withTensors } from '@equipoise/kit';
import { DataError, defineComponent, type RunContext, UnsupportedError } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';
import { type BatchOfSource, buildDataset } from './build.js';
import { sharedOptions, sharedReferences } from './options.js';
import { findBeforeRelu, type Representation, representationOf } from './representation.js';
import { startsOf } from './starts.js';
import type { Chunk } from './storage/chunk.js';

const schema = z.strictObject({
  ...sharedOptions,
  start: z
    .enum(['image', 'noise'])
    .default('image')
    .describe('Where an example begins: at another image of the split, or at grey with Gaussian noise.'),
  steps: z.int().min(0).default(1000).describe('Number of steps.'),
  stepSize: z.number().positive().default(0.1).describe('Length of a step in l2, in units of the input.'),
  eps: z
    .number()
    .positive()
    .default(1000)
    .describe('Radius in l2 around the start; the default leaves only the range of valid inputs.'),
  layer: z.string().min(1).optional().describe("A layer whose output is matched; default the model's representation."),
  fakeRelu: z
    .boolean()
    .optional()
    .describe(
      'Whether the last ReLU before the representation passes all gradients, so that units that are off can come on; default where there is one.',
    ),
});

/** Options of {@link robustify}. */
export type RobustifyOptions = z.input<typeof schema>;

type Settings = z.output<typeof schema>;

/**
 * Images that a model sees as it sees the originals, found from other images: for each (x, y) and a random x', z = argmin of
 * |g(z) − g(x)|₂ / |g(x)|₂ over the box by normalised gradient steps from x', g the representation; the new example is (z, y).
 * Features that g does not have stay those of x', which know nothing of y.
 *
 * With the model of an adversarial training this is D_R of Ilyas et al. 2019 (arXiv 1905.02175, section 3.1), with that of a standard one
 * D_NR. Steps, step length and box as there; the relative distance and the straight-through ReLU as in the authors' notebook of Engstrom
 * et al. 2019. Departure: of the iterates the nearest comes back, not the last.
 *
 * Fields of each example: `source` (its index in the split), `start` (that of x', −1 for noise), `distance` (the relative distance that
 * is left), `success` (1 if the model predicts y; 0 for a model without logits).
 */
export const robustifyComponent = defineComponent({
  specVersion: 1,
  kind: 'dataset',
  name: 'robustify',
  description: 'Images that a model sees as it sees the originals, made of other images: D_R and D_NR',
  options: schema,
  example: {
    dataset: { use: 'mnist' } as never,
    model: { use: 'trained', options: { row: 'adversarial' } } as never,
    steps: 200,
  },
  references: sharedReferences,
  create: (settings, context) => {
    const { model, start, steps, stepSize, eps, layer, fakeRelu } = settings;
    if (!model.supports.gradients) {
      throw new UnsupportedError('Robustifying', 'gradients with respect to the input', 'the model');
    }
    const choices = {
      start,
      steps,
      stepSize,
      eps,
      ...(layer ? { layer } : {}),
      fakeRelu: fakeRelu ?? 'where there is one',
    };
    const make = (batch: BatchOfSource) => robustifyBatch(batch, settings);
    return buildDataset(settings, { operation: 'robustify', choices, make }, context);
  },
});

/**
 * Makes a robustified data set from code; see {@link robustifyComponent}. It is made when the changed split is first opened.
 *
 * @throws InvalidOptionsError, UnsupportedError, ShapeError, DataError if the parts do not fit together
 */
export const robustify = asynchronousFactory(robustifyComponent);

async function robustifyBatch(batch: BatchOfSource, settings: Settings): Promise<Chunk> {
  const { model, source, indices, context } = batch;
  const examples = await source.examples(indices);
  const made = await withTensors(async (own) => {
    const { x } = own(batchTensors(examples));
    const represent = representationOf(model, settings, await findBeforeRelu(model, x, settings));
    const wanted = own(tf.tidy(() => represent(x)));
    await requireFinite(wanted, indices);
    const start = own(await startsOf(batch, settings.start, x.shape));
    const ascended = own(await approach(represent, wanted, start.x, batch, settings, context));
    const classes = model.supports.logits ? (await classify(model, ascended.x)).classes : undefined;
    return {
      x: new Float32Array(await ascended.x.data()),
      distance: Float32Array.from(await ascended.values.data(), (value) => -value),
      start: start.indices,
      success: examples.labels.map((label, row) => Number(classes?.[row] === label)),
    };
  });
  const { x, ...fields } = made;
  return { x, labels: examples.labels, fields: { source: indices, ...fields } };
}

async function requireFinite(wanted: tf.Tensor2D, indices: Int32Array): Promise<void> {
  const width = wanted.shape[1];
  const values = await wanted.data();
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong === -1) return;
  const index = indices[Math.floor(wrong / width)];
  throw new DataError(`The model's representation of example ${index} holds ${values[wrong]}.`, { index });
}

function approach(
  represent: Representation,
  wanted: tf.Tensor2D,
  start: tf.Tensor,
  { model, indices }: BatchOfSource,
  { eps, stepSize, steps }: Settings,
  context: RunContext,
): Promise<Ascended> {
  const region = createRegion({ norm: 'l2', eps, bounds: model.bounds }, start.shape);
  return ascend({
    original: start,
    sampleIndices: indices,
    evaluator: distanceEvaluator(represent, wanted),
    rule: projectedSteps({ region, stepSize }),
    steps,
    keep: 'value',
    observe: (point) => (point.step === 0 ? inspectFirst(point, context) : undefined),
    signal: context.signal,
  });
}

const rowNorms = (rows: tf.Tensor) => safeNorm(rows, 1);

/** What is maximised: minus the relative distance to the wanted representation; no sample is ever done. */
function distanceEvaluator(represent: Representation, wanted: tf.Tensor2D): Evaluator {
  const look = (x: tf.Tensor, { rows }: Place) => {
    const goal = tf.gather(wanted, rows);
    const distance = tf.div(rowNorms(tf.sub(represent(x), goal)), tf.maximum(rowNorms(goal), 1e-12));
    return { values: tf.neg(distance) as tf.Tensor1D, success: tf.zeros([x.shape[0] ?? 0], 'bool') as tf.Tensor1D };
  };
  return {
    look: (x, place) => tf.tidy(() => look(x, place)),
    slope: (x, place) => inputGradientsWith((at) => look(at, place), x),
  };
}
