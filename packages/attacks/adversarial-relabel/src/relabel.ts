import { asynchronousFactory, batchTensors, componentOption, originOf, runAttack, withTensors } from '@equipoise/kit';
import {
  type Attack,
  DataError,
  defineComponent,
  InvalidOptionsError,
  type Rng,
  UnsupportedError,
} from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';
import { aimedSteps } from './aimed-steps.js';
import { type BatchOfSource, buildDataset, type Method } from './build.js';
import { sharedOptions, sharedReferences } from './options.js';
import type { Chunk } from './storage/chunk.js';

const schema = z.strictObject({
  ...sharedOptions,
  targets: z
    .enum(['next', 'random'])
    .default('next')
    .describe('The new label: the class after the true one (D_det), or any class with equal probability (D_rand).'),
  attack: componentOption('attack', 'pgd')
    .optional()
    .describe(
      'What moves the inputs to the new label; default 100 steps of length 0.1 in an l2 ball of radius 0.5, down the cross-entropy.',
    ),
  attackName: z
    .string()
    .min(1)
    .optional()
    .describe('From code: what an attack that was written by hand is called in the provenance.'),
  keep: z
    .enum(['all', 'success'])
    .default('all')
    .describe('Which examples are in the new split: all, or those that the model takes for the new label.'),
});

/** Options of {@link relabel}. */
export type RelabelOptions = z.input<typeof schema>;

type Settings = z.output<typeof schema>;

/**
 * Adversarial examples with the labels that they were aimed at, D_rand and D_det of Ilyas et al. 2019 (arXiv 1905.02175, section
 * 3.2): for each (x, y) a class t, x' = argmin of L(x', t) near x, and the new example (x', t). People see a "totally mislabelled"
 * set; a model that is trained on it can only be right on the originals by features that the attack has moved.
 *
 * - `next`: t = (y + 1) mod C
 * - `random`: t uniform over all C classes, so t = y with probability 1/C
 *
 * Fields of each example: `source` (its index in the split), `original` (y), `success` (1 if the model says t). An example whose
 * target is its own label is attacked as the others are.
 */
export const relabelComponent = defineComponent({
  specVersion: 1,
  kind: 'dataset',
  name: 'relabel',
  description: 'Adversarial examples with the labels they were aimed at: D_det and D_rand',
  options: schema,
  example: {
    dataset: { use: 'mnist' } as never,
    model: { use: 'trained', options: { row: 'standard' } } as never,
    targets: 'next',
  },
  references: { ...sharedReferences, attack: 'attack' },
  create: async (settings, context) => {
    const attack = settings.attack ?? aimedSteps();
    checkAttack(attack, settings);
    return buildDataset(settings, relabelling(settings, attack), context);
  },
});

/**
 * Makes a relabelled data set from code; see {@link relabelComponent}. The attack runs when the changed split is first opened.
 *
 * @throws InvalidOptionsError, UnsupportedError, ShapeError, DataError if the parts do not fit together
 */
export const relabel = asynchronousFactory(relabelComponent);

function checkAttack(attack: Attack, { model, dataset, attackName, folder }: Settings): void {
  if (!attack.supports.targeted) throw new UnsupportedError('Relabelling', 'target classes', 'the attack');
  if (!model.supports.logits) throw new UnsupportedError('Relabelling', 'logits', 'the model');
  const classes = dataset.info.classes.length;
  if (classes < 2) throw new DataError(`The data set "${dataset.info.name}" has ${classes} class; expected 2 or more.`);
  if (folder === null || attackName !== undefined || originOf(attack)) return;
  throw new InvalidOptionsError('dataset "relabel"', [
    {
      path: ['attackName'],
      message:
        'Expected a name, because the attack was written by hand and the data are kept in a folder, where they must be known by what made them; or folder: null',
    },
  ]);
}

function relabelling({ targets, keep, attackName, dataset }: Settings, attack: Attack): Method {
  const classes = dataset.info.classes.length;
  const made = attackName ?? originOf(attack) ?? 'an attack written by hand';
  return {
    operation: 'relabel',
    choices: { targets, keep, attack: made },
    make: (batch) => relabelBatch(batch, attack, (label, index) => targetOf(targets, label, classes, batch.rng, index)),
    ...(keep === 'success' ? { isKept: ({ success }, row) => success?.[row] === 1 } : {}),
  };
}

function targetOf(rule: Settings['targets'], label: number, classes: number, rng: Rng, index: number): number {
  return rule === 'next' ? (label + 1) % classes : rng.fork('target').fork(index).integer(classes);
}

async function relabelBatch(
  { model, source, indices, rng, context }: BatchOfSource,
  attack: Attack,
  target: (label: number, index: number) => number,
): Promise<Chunk> {
  const examples = await source.examples(indices);
  const original = examples.labels;
  const aims = original.map((label, row) => target(label, indices[row] as number));
  const { x, success } = await withTensors(async (own) => {
    const { x } = own(batchTensors(examples));
    const targets = own(tf.tensor1d(aims, 'int32'));
    const labels = own(tf.tensor1d(awayFrom(original, aims), 'int32'));
    const problem = { model, x, labels, targets, sampleIndices: indices };
    const outcome = own(await runAttack(attack, problem, { ...context, rng: rng.fork('attack') }));
    return {
      x: new Float32Array(await outcome.adversarial.data()),
      success: Int32Array.from(await outcome.success.data()),
    };
  });
  return { x, labels: aims, fields: { source: indices, original, success } };
}

/** An attack is to leave the true class; where that is the one it aims at, any other stands for it. */
function awayFrom(labels: Int32Array, targets: Int32Array): Int32Array {
  return labels.map((label, row) => (label === targets[row] ? Number(label === 0) : label));
}
