import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeSafetensors } from '@equipoise/core';
import { activateBackend } from '@equipoise/internal-testing';
import type { Attack, Model } from '@equipoise/spec';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { relabel, type RelabelOptions } from '../src/index.js';
import { allOf, checkContext, stillAttack, toyDataset, toyModel, toyOptions } from './helpers.js';

const disk = vi.hoisted(() => ({ room: Infinity }));

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const open = async (path: string, flags: string) => {
    if (flags === 'wx' && (disk.room -= 1) < 0) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
    return real.open(path, flags);
  };
  return { ...real, open };
});

let model: Model;
let root: string;

beforeAll(() => activateBackend('cpu'));
beforeEach(async () => {
  disk.room = Infinity;
  model = toyModel();
  root = await mkdtemp(join(tmpdir(), 'equipoise-relabel-'));
});
afterEach(async () => {
  model.dispose();
  await rm(root, { recursive: true });
});

const folder = () => join(root, 'made');

/** An attack by hand that moves every pixel up a little, counts its batches and fails where it is told to. */
function countingAttack(failAt = Infinity): Attack & { readonly batches: number[] } {
  const attack = stillAttack();
  return {
    ...attack,
    doPerturb: (problem, context) => {
      if (attack.batches.length >= failAt) throw new Error('the process ends here');
      return attack.doPerturb(problem, context);
    },
  };
}

function options(attack: Attack, changes: Partial<RelabelOptions> = {}): RelabelOptions {
  const kept = { folder: folder(), attack, attackName: 'counting', chunkSize: 20, batchSize: 10 };
  return toyOptions(model, { ...kept, targets: 'random', ...changes });
}

async function made(attack: Attack, changes: Partial<RelabelOptions> = {}, context = checkContext()) {
  return allOf(await relabel(options(attack, changes), context));
}

describe('a build in a folder', () => {
  test('gives what a build in memory gives, and is there the next time', async () => {
    const inMemory = await made(countingAttack(), { folder: null });
    expect(await made(countingAttack())).toEqual(inMemory);
    const again = countingAttack();
    expect(await made(again)).toEqual(inMemory);
    expect(again.batches).toEqual([]);
  });

  test('is files that other programs read, and a manifest that says what made them', async () => {
    const { x, labels } = await made(countingAttack());
    expect(await readdir(folder())).toEqual(
      [0, 1, 2].map((index) => `chunk-0000${index}.safetensors`).concat('manifest.json'),
    );
    const { arrays } = decodeSafetensors(await readFile(join(folder(), 'chunk-00001.safetensors')));
    expect(arrays['x']).toEqual({ shape: [20, 4, 4, 1], data: x.slice(20 * 16, 40 * 16) });
    expect(arrays['labels']?.data).toEqual(labels.slice(20, 40));
    const manifest = JSON.parse(await readFile(join(folder(), 'manifest.json'), 'utf8')) as object;
    expect(manifest).toMatchObject({
      complete: true,
      identity: {
        operation: 'relabel',
        attack: 'counting',
        seed: 1,
        source: { name: 'toy', split: 'train', size: 60 },
      },
      summary: { examples: 60 },
    });
  });

  test('that ended in the middle goes on after its last whole file, to the same bits', async () => {
    const whole = await made(countingAttack(), { folder: null });
    await expect(made(countingAttack(3))).rejects.toThrow('the process ends here');
    expect(await readdir(folder())).toEqual(['chunk-00000.safetensors', 'manifest.json']);
    await writeFile(join(folder(), '.chunk-00001.safetensors.77-0-1.tmp'), 'half a file');
    const rest = countingAttack();
    expect(await made(rest)).toEqual(whole);
    expect(rest.batches).toEqual([10, 10, 10, 10]);
  });

  test('without room in memory reads its inputs from the files', async () => {
    const inMemory = await made(countingAttack(), { folder: null });
    const dataset = await relabel(options(countingAttack(), { memoryLimit: 0 }), checkContext());
    expect(await allOf(dataset)).toEqual(inMemory);
    const picked = await (await dataset.split('train')).examples([59, 3, 3, 41]);
    expect(picked.x).toEqual(
      Float32Array.from([59, 3, 3, 41].flatMap((row) => [...inMemory.x.slice(16 * row, 16 * row + 16)])),
    );
  });

  test('without a name lies in the cache, one folder for each model', async () => {
    vi.stubEnv('EQUIPOISE_HOME', root);
    const other = toyModel(2);
    await made(countingAttack(), { folder: undefined });
    await made(countingAttack(), { folder: undefined, model: other });
    const again = countingAttack();
    await made(again, { folder: undefined });
    vi.unstubAllEnvs();
    other.dispose();
    expect(again.batches).toEqual([]);
    expect(await readdir(join(root, 'made'))).toHaveLength(2);
  });
});

describe('a file that is not what it was', () => {
  const damaged: [string, (path: string) => Promise<void>][] = [
    [
      'with another byte',
      async (path) => {
        const bytes = await readFile(path);
        bytes[bytes.length - 5] = (bytes.at(-5) as number) ^ 1;
        await writeFile(path, bytes);
      },
    ],
    ['cut off', async (path) => writeFile(path, (await readFile(path)).subarray(0, 900))],
    ['of another place', (path) => cp(path.replace('00001', '00000'), path)],
  ];

  test.each(damaged)('%s is told and made again, and no other', async (_, damage) => {
    const before = await made(countingAttack());
    await damage(join(folder(), 'chunk-00001.safetensors'));
    const attack = countingAttack();
    const context = checkContext();
    expect(await made(attack, {}, context)).toEqual(before);
    expect(attack.batches).toEqual([10, 10]);
    expect(context.events).toContainEqual(
      expect.objectContaining({ type: 'warning', code: 'EQUIPOISE_CHUNK_REBUILT' }),
    );
    expect(await made(countingAttack(0))).toEqual(before);
  });

  test('in the manifest is an error that says what to do', async () => {
    await made(countingAttack());
    await writeFile(join(folder(), 'manifest.json'), '{"format":');
    await expect(made(countingAttack())).rejects.toThrow(/manifest.json is damaged.*Remove the folder/);
  });
});

describe('a folder of other data', () => {
  const changes: [string, () => Partial<RelabelOptions>][] = [
    ['model', () => ({ model: toyModel(2) })],
    ['attack', () => ({ attackName: 'another' })],
    ['seed', () => ({ seed: 2 })],
    ['targets', () => ({ targets: 'next' })],
    ['source', () => ({ dataset: { ...toyDataset(), info: { ...toyDataset().info, name: 'other' } } })],
  ];

  test.each(changes)('is refused when the %s is another, and rebuilt if that is wanted', async (name, change) => {
    const before = await made(countingAttack());
    const changed = change();
    const refused = made(countingAttack(), changed);
    await expect(refused).rejects.toMatchObject({ code: 'EQUIPOISE_STORAGE', details: { changed: [name] } });
    await expect(refused).rejects.toThrow('rebuild: true');
    expect(await made(countingAttack(0))).toEqual(before);
    const rebuilt = await made(countingAttack(), { ...changed, rebuild: true });
    expect(rebuilt).toEqual(await made(countingAttack(), { ...changed, folder: null }));
    expect((await readdir(folder())).filter((file) => file.startsWith('chunk'))).toHaveLength(3);
    changed.model?.dispose();
  });

  test('that was not made here is left alone', async () => {
    await writeFile(join(root, 'notes.txt'), 'mine');
    await expect(made(countingAttack(), { folder: root, rebuild: true })).rejects.toThrow('something else');
    expect(await readdir(root)).toEqual(['notes.txt']);
  });

  test('that cannot be made is an error', async () => {
    await writeFile(join(root, 'file'), '');
    const inside = made(countingAttack(), { folder: join(root, 'file', 'made') });
    await expect(inside).rejects.toMatchObject({ code: 'EQUIPOISE_STORAGE' });
  });
});

test('a full disk is an error that says so; what was made is kept and the build goes on later', async () => {
  const whole = await made(countingAttack(), { folder: null });
  disk.room = 2;
  await expect(made(countingAttack())).rejects.toThrow(/disk is full.*Free some space/);
  expect(await readdir(folder())).toEqual(['chunk-00000.safetensors', 'manifest.json']);
  disk.room = Infinity;
  const rest = countingAttack();
  expect(await made(rest)).toEqual(whole);
  expect(rest.batches).toEqual([10, 10, 10, 10]);
});
