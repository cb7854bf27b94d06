import * as tf from '@tensorflow/tfjs-core';
import { expect, test, vi } from 'vitest';
import { cpu, plugin } from '../src/index.js';

test('probing tells device and version and activates nothing', async () => {
  expect(await cpu().doProbe()).toEqual({
    available: true,
    device: 'JavaScript, one thread',
    version: `TensorFlow.js ${tf.version_core}`,
  });
  expect(tf.findBackend('cpu')).toBeNull();
});

test('activation makes cpu the active backend, with gradients, and prints nothing; repeated it is harmless', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  await cpu().doActivate();
  await cpu().doActivate();
  expect(tf.getBackend()).toBe(cpu().tfjsName);
  const [gradient] = tf
    .grad((x) => tf.exp(x))(tf.scalar(1))
    .dataSync();
  expect(gradient).toBeCloseTo(Math.E, 5);
  expect(warn).not.toHaveBeenCalled();
  warn.mockRestore();
});

test.each([
  { a: [2, 1, 3, 4], b: [1, 3, 4, 5] },
  { a: [2, 1, 3, 4], b: [2, 3, 4, 5] },
  { a: [2, 3, 3, 4], b: [3, 4, 5] },
  { a: [3, 4], b: [2, 3, 4, 5] },
])('products of batches $a $b broadcast', async ({ a, b }) => {
  await cpu().doActivate();
  const before = tf.memory().numDataBuffers;
  tf.tidy(() => {
    const [left, right] = [tf.randomNormal(a, 0, 1, 'float32', 1), tf.randomNormal(b, 0, 1, 'float32', 2)];
    const expected = tf.sum(tf.mul(tf.expandDims(left, -1), tf.expandDims(right, -3)), -2);
    const product = tf.matMul(left, right);
    expect(product.shape).toEqual(expected.shape);
    expect(tf.max(tf.abs(tf.sub(product, expected))).dataSync()[0]).toBeLessThan(1e-5);
  });
  expect(tf.memory().numDataBuffers).toBe(before);
});

test('the plugin brings the backend', () => {
  expect(plugin.components.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['backend cpu']);
});
