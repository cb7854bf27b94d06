import { createRng } from '@equipoise/kit';
import { activateBackend } from '@equipoise/internal-testing';
import type * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { biasVariable, initializers, kernelVariable, type Initializer } from './initializers.js';

const fan = { in: 50, out: 200 };
const variances: Readonly<Record<Initializer, number>> = {
  'torch-uniform': 1 / 150,
  'he-normal': 2 / 50,
  'he-uniform': 2 / 50,
  'glorot-normal': 2 / 250,
  'glorot-uniform': 2 / 250,
  'lecun-normal': 1 / 50,
  'lecun-uniform': 1 / 50,
};

beforeAll(() => activateBackend('cpu'));

function statistics(variable: tf.Variable): { mean: number; variance: number; largest: number } {
  const values = Array.from(variable.dataSync());
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, variance, largest: Math.max(...values.map(Math.abs)) };
}

test.each(initializers)('%s has mean zero and its variance', (initializer) => {
  const { mean, variance, largest } = statistics(kernelVariable(initializer, createRng(1), [50, 200], fan));
  const expected = variances[initializer];
  // Of 10,000 draws the mean has standard deviation 1 %, the variance at most 1.4 % (normal); five of them.
  expect(Math.abs(mean)).toBeLessThan(0.05 * Math.sqrt(expected));
  expect(Math.abs(variance / expected - 1)).toBeLessThan(0.07);
  if (initializer.endsWith('uniform')) expect(largest).toBeLessThanOrEqual(Math.sqrt(3 * expected) * (1 + 1e-6));
  else expect(largest).toBeGreaterThan(3 * Math.sqrt(expected));
});

test('biases are zero except with torch-uniform, where they are within 1/√in', () => {
  expect(statistics(biasVariable('he-normal', createRng(1), 100, fan)).largest).toBe(0);
  const { largest } = statistics(biasVariable('torch-uniform', createRng(1), 100, fan));
  expect(largest).toBeGreaterThan(0.9 / Math.sqrt(50));
  expect(largest).toBeLessThanOrEqual(1 / Math.sqrt(50));
});
