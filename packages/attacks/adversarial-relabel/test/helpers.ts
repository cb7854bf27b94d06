import { checkContext, toyDataset, toyModel } from '@equipoise/conformance';
import type { Attack, Dataset, Examples, Model, SplitName } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { fromArrays } from '@equipoise/dataset-combinators';
import { createRng } from '@equipoise/kit';
import { relabel, type RelabelOptions } from '../src/index.js';

export { checkContext, toyDataset, toyModel };

/** All examples of a split. */
export async function allOf(dataset: Dataset, name: SplitName = 'train'): Promise<Examples> {
  const split = await dataset.split(name);
  return split.examples(Int32Array.from({ length: split.size }, (_, index) => index));
}

/** Options that every test of relabelling shares: the toys, quick steps, in memory. */
export function toyOptions(model: Model, changes: Partial<RelabelOptions> = {}): RelabelOptions {
  return { dataset: toyDataset(), model, folder: null, seed: 1, ...changes };
}

/** A relabelled toy data set. */
export async function relabelled(model: Model, changes: Partial<RelabelOptions> = {}): Promise<Dataset> {
  return relabel(toyOptions(model, changes), checkContext());
}

/** An attack that gives the inputs back, and counts. */
export function stillAttack(): Attack & { readonly batches: number[] } {
  const batches: number[] = [];
  return {
    batches,
    supports: { norms: ['l2'], targeted: true, gradients: false, stochastic: false },
    doPerturb: async ({ x }) => {
      batches.push(x.shape[0] as number);
      return { adversarial: tf.clone(x), success: tf.zeros([x.shape[0] as number], 'bool') };
    },
  };
}

/** The logits x·w for class 1 and −x·w for class 0; the representation is x itself. */
export function linearModel(weights: readonly number[]): Model {
  const w = tf.variable(tf.tensor2d([...weights], [weights.length, 1]));
  return {
    inputShape: [weights.length],
    bounds: [0, 1],
    classes: 2,
    supports: { gradients: true, secondOrder: true, logits: true },
    variables: new Map([['w', w]]),
    forward: (x) => {
      const score = tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D);
      const logits = tf.concat([tf.neg(score), score], 1) as tf.Tensor2D;
      const embedding = tf.clone(x) as tf.Tensor2D;
      return { logits, embedding, layers: { logits } };
    },
    dispose: () => w.dispose(),
  };
}

/** Points in the middle of the box, labelled at random. */
export function middlePoints(count: number, length: number): Dataset {
  const rng = createRng('middle');
  return fromArrays({
    inputShape: [length],
    classes: 2,
    x: rng.uniforms(count * length, 0.45, 0.55),
    labels: Int32Array.from({ length: count }, () => rng.integer(2)),
  });
}
