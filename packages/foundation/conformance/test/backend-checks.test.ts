import { activateBackend } from '@equipoise/internal-testing';
import type { Backend } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { backendChecks } from '../src/index.js';
import { failing, idsOf } from './broken.js';

const goodBackend = (): Backend => ({
  tfjsName: 'cpu',
  capabilities: { training: true, secondOrder: true, workers: true, environments: ['node'] },
  doProbe: async () => ({ available: true, device: 'any', version: '1' }),
  doActivate: () => activateBackend('cpu'),
});

/** Replaces an operation of the cpu backend while the backend is active. */
function whileBroken(name: string, kernel: tf.KernelFunc): () => Backend {
  return () => ({
    ...goodBackend(),
    tfjsName: `broken-${name}`,
    async doActivate() {
      const backend = `broken-${name}`;
      if (!tf.engine().registryFactory[backend]) {
        tf.registerBackend(backend, () => tf.engine().findBackend('cpu'));
        for (const config of tf.getKernelsForBackend('cpu')) {
          tf.registerKernel({
            ...config,
            backendName: backend,
            ...(config.kernelName === name ? { kernelFunc: kernel } : {}),
          });
        }
      }
      await tf.setBackend(backend);
    },
  });
}

/** A kernel that gives zeros of the shape of an input. */
const zerosLike =
  (input: string): tf.KernelFunc =>
  ({ inputs, backend }) => {
    const { shape } = inputs[input] as tf.TensorInfo;
    const size = shape.reduce((product, length) => product * length, 1);
    const cpu = backend as { makeTensorInfo(shape: number[], dtype: string, values: Float32Array): tf.TensorInfo };
    return cpu.makeTensorInfo(shape, 'float32', new Float32Array(size));
  };

const zeroFilter: tf.KernelFunc = ({ attrs, backend }) => {
  const shape = attrs?.['filterShape'] as number[];
  const cpu = backend as { makeTensorInfo(shape: number[], dtype: string, values: Float32Array): tf.TensorInfo };
  return cpu.makeTensorInfo(shape, 'float32', new Float32Array(shape.reduce((product, length) => product * length, 1)));
};

const broken: Record<string, () => Backend> = {
  'backend/probe': () => ({ ...goodBackend(), doProbe: async () => ({ available: true, device: '', version: '' }) }),
  'backend/probe-changes-nothing': () => ({
    ...goodBackend(),
    async doProbe() {
      tf.registerBackend('probed', () => tf.engine().findBackend('cpu'));
      await tf.setBackend(tf.getBackend() === 'cpu' ? 'probed' : 'cpu');
      return { available: false, reason: 'none', remedy: 'none' };
    },
  }),
  'backend/activates': () => ({ ...goodBackend(), doActivate: async () => {}, tfjsName: 'never' }),
  'backend/computes': whileBroken('BatchMatMul', zerosLike('a')),
  'backend/trains-convolutions': whileBroken('Conv2DBackpropFilter', zeroFilter),
  'backend/second-order': whileBroken('Exp', zerosLike('x')),
};

describe('backend checks', () => {
  beforeAll(() => activateBackend('cpu'));
  test('pass for a good backend', async () => expect(await failing(backendChecks(goodBackend))).toEqual([]));

  test('ask nothing more of a backend that is not available here', async () => {
    const absent = () => ({
      ...goodBackend(),
      doProbe: async () => ({ available: false as const, reason: 'no device', remedy: 'buy one' }),
      doActivate: () => Promise.reject(new Error('no device')),
    });
    expect(await failing(backendChecks(absent))).toEqual([]);
  });

  test('each has something that breaks it', () =>
    expect(Object.keys(broken).sort()).toEqual(idsOf(backendChecks(goodBackend))));

  for (const [id, make] of Object.entries(broken)) {
    test(`${id} fails for the backend that breaks it`, async () => {
      await tf.setBackend('cpu');
      expect(await failing(backendChecks(make))).toContain(id);
    });
  }
});
