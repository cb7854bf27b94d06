import { createRng, disposeAll, inference } from '@equipoise/kit';
import { activateBackend } from '@equipoise/internal-testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { activation } from './layers/activation.js';
import { dense } from './layers/dense.js';
import { flatten } from './layers/flatten.js';
import { groupNormalization } from './layers/group-normalization.js';
import { sequential } from './sequential.js';

const rng = createRng(0);
const relu = activation({ name: 'relu', type: 'relu' });

beforeAll(() => activateBackend('cpu'));

test('every layer is recorded by name, in order; the embedding is the input of the head', () => {
  const layers = [flatten({ name: 'flat' }), dense({ name: 'one', units: 3 }), relu];
  const model = sequential({ inputShape: [2, 1], layers, head: dense({ name: 'head', units: 2 }), rng });
  const activations = model.forward(tf.ones([4, 2, 1]), inference);
  expect(Object.keys(activations.layers)).toEqual(['flat', 'one', 'relu', 'head']);
  expect(activations.embedding).toBe(activations.layers['relu']);
  expect(activations.logits).toBe(activations.layers['head']);
  expect(model.classes).toBe(2);
});

test('without a head the model is an encoder without logits', () => {
  const model = sequential({ inputShape: [3], layers: [dense({ name: 'one', units: 5 })], rng });
  const activations = model.forward(tf.ones([2, 3]), inference);
  expect(model.supports.logits).toBe(false);
  expect('classes' in model).toBe(false);
  expect('logits' in activations).toBe(false);
  expect(activations.embedding.shape).toEqual([2, 5]);
});

test('without layers the embedding is a copy of the input, so that freeing the result leaves the input', () => {
  const model = sequential({ inputShape: [3], layers: [], head: dense({ name: 'head', units: 2 }), rng });
  const x = tf.ones([2, 3]);
  const activations = model.forward(x, inference);
  expect(activations.embedding).not.toBe(x);
  disposeAll(activations);
  expect(x.isDisposed).toBe(false);
});

test('two layers of the same name are refused, and nothing leaks', () => {
  const before = tf.memory().numTensors;
  const layers = [dense({ name: 'one', units: 3 }), dense({ name: 'one', units: 3 })];
  expect(() => sequential({ inputShape: [3], layers, rng })).toThrow(/layers.1: two layers are named "one"/);
  expect(tf.memory().numTensors).toBe(before);
});

test('a layer that cannot be built is refused, and the ones before it are freed', () => {
  const before = tf.memory().numTensors;
  const layers = [dense({ name: 'one', units: 3 }), groupNormalization({ name: 'norm', groups: 2 })];
  expect(() => sequential({ inputShape: [3], layers, rng })).toThrow(/2 groups do not divide 3 channels/);
  expect(tf.memory().numTensors).toBe(before);
});

test('a representation that is not flat is refused', () => {
  expect(() => sequential({ inputShape: [2, 2, 1], layers: [relu], rng })).toThrow(
    /The representation .* has shape \[2, 2, 1\]; expected \[\*\]/,
  );
  const head = dense({ name: 'head', units: 2 });
  expect(() => sequential({ inputShape: [2, 2, 1], layers: [relu], head, rng })).toThrow(/The representation/);
});

test('inputs of the wrong shape or type are refused', () => {
  const model = sequential({ inputShape: [4, 4, 1], layers: [flatten({ name: 'flat' })], rng });
  expect(() => model.forward(tf.ones([2, 4, 5, 1]), inference)).toThrow(
    'Input of the model has shape [2, 4, 5, 1]; expected [*, 4, 4, 1].',
  );
  expect(() => model.forward(tf.ones([4, 4, 1]), inference)).toThrow(/expected \[\*, 4, 4, 1\]/);
  expect(() => model.forward(tf.ones([1, 4, 4, 1], 'int32'), inference)).toThrow(
    'Input of the model has type int32; expected float32.',
  );
});

test('disposing frees the variables, and may be repeated', () => {
  const before = tf.memory().numTensors;
  const model = sequential({ inputShape: [3], layers: [dense({ name: 'one', units: 5 })], rng });
  expect(tf.memory().numTensors).toBe(before + 2);
  model.dispose();
  model.dispose();
  expect(tf.memory().numTensors).toBe(before);
});
