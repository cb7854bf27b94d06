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

test('the plugin brings the backend', () => {
  expect(plugin.components.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['backend cpu']);
});
