import { activateBackend } from '@equipoise/internal-testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { looksLikeProbabilities } from './looks-like-probabilities.js';

beforeAll(() => activateBackend('cpu'));

test('rows of a softmax look like probabilities', async () => {
  const logits = tf.tensor2d([
    [1, 5, -3],
    [0, 0, 0],
  ]);
  expect(await looksLikeProbabilities(tf.softmax(logits))).toBe(true);
});

test.each([
  ['negative values', [[-0.5, 1.5]]],
  [
    'a row with another sum',
    [
      [0.5, 0.5],
      [0.5, 0.4],
    ],
  ],
  ['values that are not numbers', [[NaN, 1]]],
])('%s do not', async (_, rows) => {
  expect(await looksLikeProbabilities(tf.tensor2d(rows))).toBe(false);
});

test('an empty batch does not', async () => {
  expect(await looksLikeProbabilities(tf.zeros([0, 3]))).toBe(false);
});
