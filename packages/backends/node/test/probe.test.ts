import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { configProto } from '../src/binding/config-proto.js';
import { gpuNames } from '../src/gpus.js';
import { node, nodeGpu } from '../src/index.js';
import { homeWithInstallation, newFolder, write } from './fakes.js';

afterEach(() => vi.unstubAllEnvs());
const inHome = (home: string) => vi.stubEnv('EQUIPOISE_HOME', home);
const devices = (gpus: number) =>
  Array.from({ length: gpus }, (_, index) => ({ name: `/device:GPU:${index}`, type: 'GPU', memory: 2 ** 34 }));

describe('probing', () => {
  test('tells device and version and loads nothing', async () => {
    inHome(homeWithInstallation());
    const version = 'TensorFlow 2.15.0, binding of TensorFlow.js 4.22.0';
    const device = expect.stringMatching(/^processor, \d+ cores?$/);
    expect(await node().doProbe()).toEqual({ available: true, device, version });
    expect(tf.findBackend('tensorflow')).toBeNull();
  });

  test('says how to get what is not there', async () => {
    inHome(newFolder());
    expect(await node().doProbe()).toMatchObject({
      available: false,
      reason: expect.stringContaining('has not been set up'),
      remedy: expect.stringContaining('equipoise backend install node --pip'),
    });
    expect(await nodeGpu().doProbe()).toMatchObject({ remedy: expect.stringContaining('install node --gpu') });
  });

  test.each([
    ['another version of Equipoise', { revision: 0 }],
    ['for win95 on', { platform: 'win95' }],
    ['the folder with TensorFlow, /nowhere, is gone', { libraryFolder: '/nowhere' }],
    ['is gone', { build: 'build-2' }],
    ['is damaged', { tensorflow: 7 }],
  ])('an installation that cannot be used is not available: %s', async (reason, changes) => {
    inHome(homeWithInstallation('node', changes));
    expect(await node().doProbe()).toMatchObject({ available: false, reason: expect.stringContaining(reason) });
  });

  test('a file that was cut off half-way is damaged', async () => {
    const home = homeWithInstallation();
    writeFileSync(join(home, 'backends/node/installed.json'), '{"revision": 1,');
    inHome(home);
    expect(await node().doProbe()).toMatchObject({ available: false, reason: expect.stringContaining('is damaged') });
  });

  test('activation of what is not there is one clear error', async () => {
    const home = homeWithInstallation();
    rmSync(join(home, 'backends/node/build-1/kernels.cjs'));
    inHome(home);
    await expect(node().doActivate()).rejects.toMatchObject({
      code: 'EQUIPOISE_BACKEND_UNAVAILABLE',
      details: { reason: expect.stringContaining('kernels.cjs is gone') },
    });
  });

  test('several GPUs are listed, and one of them is used', async () => {
    inHome(homeWithInstallation('node-gpu', { devices: devices(2) }));
    expect(await nodeGpu({ device: 1 }).doProbe()).toMatchObject({
      available: true,
      device: expect.stringMatching(/^GPU 1 of \d+: 0 .*; 1 /),
    });
    expect(await nodeGpu({ device: 9 }).doProbe()).toMatchObject({
      available: false,
      reason: expect.stringContaining('There is no GPU 9'),
    });
  });
});

test('the names of GPUs are what the driver says, in the order of their bus', () => {
  const folder = newFolder();
  write(join(folder, '0000:41:00.0', 'information'), 'Model: \t\t NVIDIA H100 80GB HBM3\nIRQ: 5\n');
  write(join(folder, '0000:01:00.0', 'information'), 'Model:\tNVIDIA A100\n');
  write(join(folder, '0000:51:00.0', 'registry'), '');
  expect(gpuNames(folder)).toEqual(['NVIDIA A100', 'NVIDIA H100 80GB HBM3']);
  expect(gpuNames('/nowhere')).toEqual([]);
});

test('settings are encoded as protocol buffers are', () => {
  // Field number << 3 | wire type, then the value: as protoc encodes ConfigProto.
  expect([...configProto({})]).toEqual([0x28, 1]);
  expect([...configProto({ threads: 300 })]).toEqual([0x10, 0xac, 0x02, 0x28, 1]);
  expect([...configProto({ memoryGrowth: true, device: 12 })]).toEqual([
    0x28, 1, 0x32, 6, 0x20, 1, 0x2a, 2, 0x31, 0x32,
  ]);
});
