import { activateBackend } from '@equipoise/internal-testing';
import type { Model } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { classify } from './classify.js';
import { looksLikeProbabilities } from './looks-like-probabilities.js';

/** Gives its inputs as logits. */
const identity: Model = {
  inputShape: [3],
  bounds: [0, 1],
  classes: 3,
  supports: { gradients: true, secondOrder: true, logits: true },
  variables: new Map(),
  forward: (x) => ({ embedding: x as tf.Tensor2D, logits: tf.clone(x) as tf.Tensor2D, layers: {} }),
  dispose: () => undefined,
};

beforeAll(() => activateBackend('cpu'));

describe('classify', () => {
  test('gives logits and the first class of the largest, and leaves nothing behind', async () => {
    const x = tf.tensor2d([1, 3, 2, 5, 5, 4], [2, 3]);
    const before = tf.memory().numTensors;
    const { classes, logits } = await classify(identity, x);
    expect([...classes]).toEqual([1, 0]);
    expect([...logits]).toEqual([1, 3, 2, 5, 5, 4]);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('refuses logits that are no numbers and names the input', async () => {
    const x = tf.tensor2d([1, 3, 2, 5, NaN, 4], [2, 3]);
    await expect(classify(identity, x, 40)).rejects.toThrow(/logit NaN for example 41/);
  });

  test('refuses a model without logits', async () => {
    const encoder = { ...identity, forward: (x: tf.Tensor) => ({ embedding: x as tf.Tensor2D, layers: {} }) };
    await expect(classify(encoder, tf.ones([1, 3]))).rejects.toThrow(/needs logits/);
  });
});

describe('looksLikeProbabilities', () => {
  test('is true for rows that sum to one', () => {
    expect(looksLikeProbabilities([0.25, 0.75, 1, 0], 2)).toBe(true);
  });

  test.each([
    ['a negative value', [-0.5, 1.5]],
    ['a row with another sum, though the sum of all is right', [0.5, 0.6, 0.5, 0.4]],
    ['a value that is not a number', [NaN, 1]],
    ['nothing', []],
  ])('is false for %s', (_, values) => {
    expect(looksLikeProbabilities(values, 2)).toBe(false);
  });
});
