import { expectClose, testsWebgpu } from '@equipoise/internal-testing';
import { EquipoiseError } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { webgpu } from '../src/index.js';
import { gpu } from './agreement.js';

/** The names on the global object, those that cannot be enumerated too. */
const globalNames = () => Object.getOwnPropertyNames(globalThis).sort();

test('probing says what there is, or what is missing and what helps, and loads nothing', async () => {
  const status = await webgpu().doProbe();
  if (status.available) expect(status).toMatchObject({ device: expect.any(String), version: expect.any(String) });
  else expect(status.reason.length * status.remedy.length).toBeGreaterThan(0);
  expect(tf.findBackend('webgpu')).toBeNull();
});

test('an adapter that is not there is named, and activation fails with one clear error', async () => {
  const backend = webgpu({ adapter: 'no such GPU' });
  const status = await backend.doProbe();
  expect(status).toMatchObject({ available: false, reason: expect.stringContaining('no such GPU') });
  const error: unknown = await backend.doActivate().catch((reason: unknown) => reason);
  expect(EquipoiseError.isInstance(error, 'EQUIPOISE_BACKEND_UNAVAILABLE')).toBe(true);
});

test('options that are not known are refused', () => {
  expect(() => webgpu({ powerPreference: 'fast' as 'low-power' })).toThrow('powerPreference');
});

describe.runIf(testsWebgpu)('activation', () => {
  test('leaves five names on the global object and gives back navigator; repeated it is harmless', async () => {
    const before = globalNames();
    const navigator = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
    await Promise.all([webgpu().doActivate(), webgpu({ powerPreference: 'low-power' }).doActivate()]);
    const device = gpu().device;
    const kernel = tf.getKernel('Sin', 'webgpu');
    await webgpu().doActivate();
    expect(tf.getBackend()).toBe('webgpu');
    expect(gpu().device).toBe(device);
    expect(tf.getKernel('Sin', 'webgpu')).toBe(kernel);
    expect(Object.getOwnPropertyDescriptor(globalThis, 'navigator')).toEqual(navigator);
    const added = globalNames().filter((name) => !before.includes(name) && !name.startsWith('_tf'));
    expect(added).toEqual(['GPUBuffer', 'GPUBufferUsage', 'GPUMapMode', 'GPUTexture', 'GPUTextureUsage']);
  });

  test('tensors are read synchronously and asynchronously, also while the other goes on, and immediate callbacks still run', async () => {
    const x = tf.fill([70, 50], 2);
    const y = tf.matMul(x as tf.Tensor2D, x as tf.Tensor2D, false, true);
    const calls: string[] = [];
    setImmediate(() => calls.push('immediate'));
    const promised = tf.add(y, 1).data();
    expect(y.dataSync()[0]).toBe(200);
    expect((await promised)[0]).toBe(201);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(calls).toEqual(['immediate']);
  });

  test('a tensor may be disposed while it is read, and nothing stays behind', async () => {
    const before = tf.memory();
    const x = tf.tidy(() => tf.add(tf.fill([40, 40], 1), 1));
    const view = tf.reshape(x, [1600]);
    const promised = x.data();
    tf.dispose([x, view]);
    expect((await promised)[1599]).toBe(2);
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
    expect(tf.memory().numTensors).toBe(before.numTensors);
  });

  test('empty tensors are read', async () => {
    const empty = tf.sum(tf.zeros([0, 3]), 1);
    expect([...empty.dataSync(), ...(await empty.data())]).toEqual([]);
    expect(await tf.slice(tf.add(tf.fill([4], 1), 1), 0, 0).array()).toEqual([]);
  });

  test('what goes wrong on the GPU is thrown by the next read, once', async () => {
    gpu().device.createBuffer({ size: 2 ** 50, usage: GPUBufferUsage.STORAGE });
    const x = tf.add(tf.fill([2000], 1), 1);
    const error: unknown = await x.data().catch((reason: unknown) => reason);
    expect(EquipoiseError.isInstance(error, 'EQUIPOISE_BACKEND_FAILED')).toBe(true);
    expect((error as Error).message).toContain('Buffer size');
    expect((await tf.add(x, 1).data())[0]).toBe(3);
  });

  test('a network trains: gradients in weights of a convolution are those of finite differences', () => {
    tf.tidy(() => {
      const x = tf.randomNormal([2, 6, 6, 3], 0, 1, 'float32', 1) as tf.Tensor4D;
      const filter = tf.randomNormal([3, 3, 3, 4], 0, 1, 'float32', 2) as tf.Tensor4D;
      const direction = tf.randomNormal([3, 3, 3, 4], 0, 1, 'float32', 3) as tf.Tensor4D;
      const loss = (w: tf.Tensor) =>
        tf.sum(tf.square(tf.maxPool(tf.conv2d(x, w as tf.Tensor4D, 1, 'same'), 2, 2, 'same')));
      const slope = tf.sum(tf.mul(tf.grad(loss)(filter), direction));
      const step = 1e-2;
      const at = (sign: number) => loss(tf.add(filter, tf.mul(direction, sign * step)));
      expectClose(slope, tf.div(tf.sub(at(1), at(-1)), 2 * step), { rtol: 1e-2, atol: 1e-2 });
    });
  });
});
