import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pluginChecks, registerChecks, toyModel } from '@equipoise/conformance';
import { activateBackend } from '@equipoise/internal-testing';
import { encodeSafetensors, originOf, stateArrays } from '@equipoise/kit';
import type { Model, StateArray } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { checkpoint, plugin } from '../src/index.js';

await activateBackend('cpu');
const folder = await mkdtemp(join(tmpdir(), 'equipoise-checkpoint-'));
afterAll(() => rm(folder, { recursive: true }));

const source = toyModel(1);
const file = join(folder, 'final.safetensors');
const arraysOf = (model: Model, prefix = 'model') => stateArrays(Object.fromEntries(model.variables), prefix);
const write = async (arrays: Readonly<Record<string, StateArray>>) => writeFile(file, encodeSafetensors(arrays));

beforeEach(async () => write(await arraysOf(source)));

registerChecks({ test }, pluginChecks(plugin, { options: { 'model/checkpoint': () => options() } }));

/** Written anew, because the checks are listed before the tests begin. */
await write(await arraysOf(source));

function options() {
  return { model: toyModel(2), file };
}

describe('a checkpoint', () => {
  test.each(['model', ''])('gives the model the weights that are named with the prefix "%s"', async (prefix) => {
    await write(await arraysOf(source, prefix));
    const model = toyModel(2);
    const before = tf.memory().numTensors;
    expect(await checkpoint({ model, file })).toBe(model);
    expect(tf.memory().numTensors).toBe(before);
    expect(await arraysOf(model)).toEqual(await arraysOf(source));
    model.dispose();
  });

  test('of a run may hold the state of the optimizer too', async () => {
    await write({ ...(await arraysOf(source)), 'optimizer.step': { shape: [], data: Int32Array.of(3) } });
    const model = await checkpoint(options());
    expect(await arraysOf(model)).toEqual(await arraysOf(source));
    model.dispose();
  });

  test('of another architecture is refused, and the model keeps what it had', async () => {
    const model = toyModel(2, [4, 4, 1], 5);
    const before = await arraysOf(model);
    await expect(checkpoint({ model, file })).rejects.toThrow(/final.safetensors do not fit the model.*head.kernel/);
    expect(await arraysOf(model)).toEqual(before);
    model.dispose();
  });

  test('that is not there, or is damaged, is a DataError that names it', async () => {
    const model = toyModel(2);
    const absent = checkpoint({ model, file: join(folder, 'absent.safetensors') });
    await expect(absent).rejects.toThrow(/absent.safetensors cannot be read: ENOENT/);
    await writeFile(file, 'no weights');
    await expect(checkpoint({ model, file })).rejects.toMatchObject({ code: 'EQUIPOISE_DATA' });
    model.dispose();
  });

  test('made of a hand-written model has no origin, so that nothing wrong is said of it', async () => {
    const model = await checkpoint(options());
    expect(originOf(model)).toBeUndefined();
    model.dispose();
  });
});
