import { fork } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { EquipoiseError } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { wasm } from '../src/index.js';

const installed = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));
const source = pathToFileURL(join(import.meta.dirname, '..', 'src', 'index.ts')).href;

/** Runs a program in a process of its own, started in an empty folder; what it sends is returned. */
function runElsewhere(program: string): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'equipoise-wasm-'));
  const file = join(folder, 'program.mjs');
  writeFileSync(file, program);
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  return new Promise((resolve, reject) => {
    const child = fork(file, { cwd: folder, execArgv: ['--conditions=@equipoise/source', '--import', tsx] });
    child.on('message', resolve);
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`exit code ${code}`)));
  });
}

describe('probing', () => {
  test('tells device and version and loads nothing', async () => {
    expect(await wasm().doProbe()).toEqual({
      available: true,
      device: 'WebAssembly SIMD, one thread',
      version: `TensorFlow.js ${tf.version_core}`,
    });
    expect(tf.findBackend('wasm')).toBeNull();
  });

  test.each([installed, `${installed}/`, pathToFileURL(installed).href])(
    'finds the binary in %s',
    async (wasmPaths) => {
      expect(await wasm({ wasmPaths }).doProbe()).toMatchObject({ available: true });
    },
  );

  test('names the file that is missing and says what to do', async () => {
    const status = await wasm({ wasmPaths: '/nowhere' }).doProbe();
    expect(status).toMatchObject({ available: false });
    const { reason, remedy } = status as { reason: string; remedy: string };
    expect(reason).toContain('/nowhere/tfjs-backend-wasm-simd.wasm');
    expect(remedy).toContain('wasmPaths');
  });
});

describe('activation', () => {
  test('fails with one clear error where the binary is missing, and can be tried again', async () => {
    const error: unknown = await wasm({ wasmPaths: '/nowhere' })
      .doActivate()
      .catch((reason: unknown) => reason);
    expect(EquipoiseError.isInstance(error, 'EQUIPOISE_BACKEND_UNAVAILABLE')).toBe(true);
    expect((error as Error).message).toContain('/nowhere/tfjs-backend-wasm-simd.wasm');
    await wasm().doActivate();
    expect(tf.getBackend()).toBe('wasm');
  });

  test('is harmless when repeated, at once or later, and adds no listeners to the process', async () => {
    const listeners = process.listenerCount('uncaughtException') + process.listenerCount('unhandledRejection');
    await Promise.all([wasm().doActivate(), wasm().doActivate()]);
    const kernel = tf.getKernel('Conv2DBackpropFilter', 'wasm');
    await wasm().doActivate();
    expect(tf.getKernel('Conv2DBackpropFilter', 'wasm')).toBe(kernel);
    expect(process.listenerCount('uncaughtException') + process.listenerCount('unhandledRejection')).toBe(listeners);
  });

  test('works from another folder, in worker threads side by side', async () => {
    const task = `
      import { Worker, isMainThread, parentPort } from 'node:worker_threads';
      import { register } from ${JSON.stringify(pathToFileURL(createRequire(import.meta.url).resolve('tsx/esm/api')).href)};
      register();
      import { fileURLToPath } from 'node:url';
      const square = async () => {
        const { wasm } = await import(${JSON.stringify(source)});
        const tf = await import(${JSON.stringify(pathToFileURL(createRequire(import.meta.url).resolve('@tensorflow/tfjs-core')).href)});
        await wasm().doActivate();
        return [...tf.matMul([[1, 2], [3, 4]], [[1, 2], [3, 4]]).dataSync()];
      };
      if (isMainThread) {
        const inWorker = () => new Promise((resolve, reject) => new Worker(fileURLToPath(import.meta.url)).on('message', resolve).on('error', reject));
        const results = await Promise.all([square(), inWorker(), inWorker()]);
        process.send(results, () => process.disconnect());
      } else parentPort.postMessage(await square());
    `;
    const expected = [7, 10, 15, 22];
    expect(await runElsewhere(task)).toEqual([expected, expected, expected]);
  });
});
