import { fork } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test, vi } from 'vitest';
import { node, nodeGpu } from '../src/index.js';
import { status } from './agreement.js';

const require = createRequire(import.meta.url);
const address = (path: string) => JSON.stringify(pathToFileURL(path).href);
const source = address(join(import.meta.dirname, '..', 'src', 'index.ts'));

/** Runs a program in a process of its own; what it sends and what it wrote to standard error are returned. */
function runElsewhere(program: string): Promise<{ sent: unknown; errors: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'equipoise-node-'));
  const file = join(folder, 'program.mjs');
  writeFileSync(file, program);
  const execArgv = ['--conditions=@equipoise/source', '--import', pathToFileURL(require.resolve('tsx')).href];
  return new Promise((resolve, reject) => {
    const child = fork(file, { cwd: folder, execArgv, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    let sent: unknown;
    let errors = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text));
    child.on('message', (message) => (sent = message));
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve({ sent, errors }) : reject(new Error(`exit code ${code}: ${errors}`)),
    );
  });
}

// A process that loads TensorFlow in three threads takes its time on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

describe.skipIf(!status.available)('activation of node', () => {
  test('is harmless when repeated, at once or later', async () => {
    await Promise.all([node().doActivate(), node().doActivate()]);
    const kernel = tf.getKernel('Conv2D', 'tensorflow');
    await node().doActivate();
    expect(tf.getKernel('Conv2D', 'tensorflow')).toBe(kernel);
    expect(tf.getBackend()).toBe('tensorflow');
  });

  test('one of node and node-gpu can be loaded in a process', async () => {
    await node().doActivate();
    await expect(nodeGpu().doActivate()).rejects.toMatchObject({
      code: 'EQUIPOISE_BACKEND_UNAVAILABLE',
      details: { reason: expect.stringContaining('"node" is loaded') },
    });
  });

  test('changes to an array do not reach the tensor that was made of it', async () => {
    await node().doActivate();
    const values = new Float32Array(64).fill(1);
    const x = tf.tensor1d(values);
    tf.dispose(tf.square(x));
    values.fill(2);
    expect(new Set(x.dataSync())).toEqual(new Set([1]));
    x.dispose();
  });

  test('works from another folder, in worker threads side by side, and writes nothing to standard error', async () => {
    const task = `
      import { Worker, isMainThread, parentPort } from 'node:worker_threads';
      import { register } from ${address(require.resolve('tsx/esm/api'))};
      register();
      import { fileURLToPath } from 'node:url';
      const square = async () => {
        const { node } = await import(${source});
        const tf = await import(${address(require.resolve('@tensorflow/tfjs-core'))});
        await node({ threads: 1 }).doActivate();
        for (let round = 0; round < 200; round++) tf.dispose(tf.relu(tf.matMul([[1, 2], [3, 4]], [[1, 2], [3, 4]])));
        return [...tf.matMul([[1, 2], [3, 4]], [[1, 2], [3, 4]]).dataSync()];
      };
      if (isMainThread) {
        const inWorker = () => new Promise((resolve, reject) => new Worker(fileURLToPath(import.meta.url)).on('message', resolve).on('error', reject));
        const results = await Promise.all([square(), inWorker(), inWorker()]);
        process.send(results, () => process.disconnect());
      } else parentPort.postMessage(await square());
    `;
    const expected = [7, 10, 15, 22];
    expect(await runElsewhere(task)).toEqual({ sent: [expected, expected, expected], errors: '' });
  });
});

const gpu = await nodeGpu().doProbe();

describe.skipIf(!gpu.available)('activation of node-gpu', () => {
  test('runs kernels on the GPU', async () => {
    const task = `
      const { nodeGpu } = await import(${source});
      const tf = await import(${address(require.resolve('@tensorflow/tfjs-core'))});
      await nodeGpu({ device: 0, memoryGrowth: true }).doActivate();
      const product = [...tf.matMul([[1, 2], [3, 4]], [[1, 2], [3, 4]]).dataSync()];
      process.send({ product, gpu: tf.backend().isUsingGpuDevice }, () => process.disconnect());
    `;
    expect((await runElsewhere(task)).sent).toEqual({ product: [7, 10, 15, 22], gpu: true });
  });
});

test.runIf(!gpu.available)('no GPU is set up on this machine: node-gpu was not tested', () => {
  expect(gpu).toMatchObject({ available: false, remedy: expect.stringContaining('--gpu') });
});
