import { activateBackend as prepare } from '@equipoise/internal-testing';
import { defineComponent, definePlugin } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { activateBackend, createRegistry, probeBackends } from '../src/index.js';
import { fakeBackend, registry } from './fakes.js';

beforeAll(() => prepare('cpu'));

const only = (name: string, backend: object) =>
  createRegistry().use(
    definePlugin({
      specVersion: 1,
      id: 'one',
      components: [
        defineComponent({
          specVersion: 1,
          kind: 'backend',
          name,
          description: 'One.',
          options: z.strictObject({}),
          create: () => ({ ...fakeBackend(true), ...backend }),
        }),
      ],
    }),
  );

describe('activating a backend', () => {
  test('auto takes the best that works and passes over what does not', async () => {
    expect(await activateBackend(registry)).toMatchObject({ name: 'cpu', device: 'imagined', version: '0' });
    expect(tf.getBackend()).toBe('cpu');
  });

  test('by name, one that cannot be used says why and what helps', async () => {
    await expect(activateBackend(registry, 'node')).rejects.toMatchObject({
      code: 'EQUIPOISE_BACKEND_UNAVAILABLE',
      message: expect.stringMatching(/"node" cannot be used here: its library is missing.*install its library/),
    });
  });

  test('an unknown name is refused with those that exist', async () => {
    await expect(activateBackend(registry, 'cpuu')).rejects.toThrow(/Did you mean "cpu"\?/);
  });

  test('auto says for every backend why it does not work when none does', async () => {
    const broken = { doActivate: () => Promise.reject(new Error('no memory')) };
    await expect(activateBackend(only('wasm', broken))).rejects.toThrow(
      /No backend works here. Registered: wasm.\n {2}no memory/,
    );
    await expect(activateBackend(createRegistry())).rejects.toThrow(/Registered: none/);
  });

  test('one that does not become active is refused', async () => {
    await expect(activateBackend(only('odd', { tfjsName: 'odd' }), 'odd')).rejects.toThrow(/uses "cpu"/);
  });
});

describe('probing backends', () => {
  test('tells of each whether it works, measures those that do, and leaves the active one active', async () => {
    const before = tf.memory().numTensors;
    const [cpu, node] = await probeBackends(registry);
    expect(cpu).toMatchObject({
      name: 'cpu',
      pluginId: '@equipoise/fakes',
      status: { available: true, device: 'imagined' },
    });
    expect(cpu?.gflops).toBeGreaterThan(0);
    expect(node).toMatchObject({ name: 'node', status: { available: false, remedy: 'install its library' } });
    expect(node).not.toHaveProperty('gflops');
    expect(tf.getBackend()).toBe('cpu');
    expect(tf.memory().numTensors).toBe(before);
  });

  test('measures nothing when not asked to', async () => {
    expect((await probeBackends(registry, { measure: false }))[0]).not.toHaveProperty('gflops');
  });

  test('a backend that fails while it is looked at is one that is not available', async () => {
    const broken = { doProbe: () => Promise.reject(new Error('segments are faulty')) };
    expect((await probeBackends(only('odd', broken)))[0]?.status).toMatchObject({
      available: false,
      reason: 'segments are faulty',
    });
  });
});
