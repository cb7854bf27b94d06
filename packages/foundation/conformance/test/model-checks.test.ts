import { onEachBackend } from '@equipoise/internal-testing';
import type { Model } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { modelChecks, toyModel } from '../src/index.js';
import { failing, idsOf } from './broken.js';
import { impureNumber } from './good-components.js';

type Forward = Model['forward'];

function withForward(change: (forward: Forward, model: Model) => Forward): () => Model {
  return () => {
    const model = toyModel();
    return { ...model, forward: change((x, mode) => model.forward(x, mode), model) };
  };
}

/** Passes the embedding through a function. */
const embeddingThrough = (change: (embedding: tf.Tensor2D, model: Model) => tf.Tensor) =>
  withForward((forward, model) => (x, mode) => {
    const activations = forward(x, mode);
    return { ...activations, embedding: change(activations.embedding, model) as tf.Tensor2D };
  });

const stopped = (x: tf.Tensor) =>
  tf.customGrad((input) => ({ value: tf.clone(input as tf.Tensor), gradFunc: (dy: tf.Tensor) => tf.mul(dy, 3) }))(x);

const onceOnly = (x: tf.Tensor) =>
  tf.customGrad((input) => ({
    value: tf.clone(input as tf.Tensor),
    gradFunc: (dy: tf.Tensor) =>
      tf.customGrad((inner) => ({ value: tf.clone(inner as tf.Tensor), gradFunc: (ddy: tf.Tensor) => tf.div(ddy, 0) }))(
        dy,
      ),
  }))(x);

const broken: Record<string, () => Model> = {
  'model/shapes': () => ({ ...toyModel(), classes: 7 }),
  'model/batch-independent': embeddingThrough((embedding) => tf.sub(embedding, tf.mean(embedding, 0))),
  'model/layers-optional': withForward(
    (forward) => (x, mode) => forward(mode.layers === false ? tf.add(x, 0.1) : x, mode),
  ),
  'model/inference-changes-nothing': embeddingThrough((embedding, model) => {
    const bias = model.variables.get('hidden.bias') as tf.Variable;
    tf.tidy(() => bias.assign(tf.add(bias, 1)));
    return embedding;
  }),
  'model/same-seed-same-weights': () => toyModel(impureNumber()),
  'model/input-untouched': withForward((forward) => (x, mode) => {
    const activations = forward(x, mode);
    x.dispose();
    return activations;
  }),
  'model/no-leak': embeddingThrough((embedding) => {
    tf.keep(tf.scalar(1));
    return embedding;
  }),
  'model/input-gradient': embeddingThrough((embedding) => stopped(embedding)),
  'model/second-order': embeddingThrough((embedding) => onceOnly(embedding)),
  'model/wrong-shape-refused': withForward((forward) => (x, mode) => {
    if (x.shape[1] !== 4) throw new Error('anything');
    return forward(x, mode);
  }),
  'model/dispose-frees': () => ({ ...toyModel(), dispose: () => {} }),
};

onEachBackend(() => {
  describe('model checks', () => {
    test('pass for a good model', async () => expect(await failing(modelChecks(() => toyModel()))).toEqual([]));

    test('each has something that breaks it', () =>
      expect(Object.keys(broken).sort()).toEqual(idsOf(modelChecks(() => toyModel()))));

    for (const [id, make] of Object.entries(broken)) {
      test(`${id} fails for the model that breaks it`, async () => {
        expect(await failing(modelChecks(make))).toContain(id);
      });
    }
  });
});
