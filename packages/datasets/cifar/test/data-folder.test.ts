import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { cifar10 } from '../src/index.js';
import { toyFile, toyFolder } from './toy-files.js';

const folders: string[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function folderOf(labels: readonly (readonly number[])[]): Promise<string> {
  const folder = await toyFolder({ 'test_batch.bin': toyFile(labels) }, 'cifar-10-batches-bin');
  folders.push(folder);
  return folder;
}

const labelsOf = async (options: object) => [...(await cifar10({ verify: false, ...options }).split('test')).labels];

test('EQUIPOISE_DATA_DIR names the folder in which the unpacked archive lies; dataDir goes before it', async () => {
  vi.stubEnv('EQUIPOISE_DATA_DIR', await folderOf([[3], [5]]));
  expect(await labelsOf({})).toEqual([3, 5]);
  expect(await labelsOf({ dataDir: await folderOf([[1]]) })).toEqual([1]);
});

test('an archive whose mirrors are given is downloaded all the same', async () => {
  const home = await mkdtemp(join(tmpdir(), 'equipoise-cifar-'));
  folders.push(home);
  vi.stubEnv('EQUIPOISE_HOME', home);
  vi.stubEnv('EQUIPOISE_DATA_DIR', await folderOf([[3], [5]]));
  await expect(labelsOf({ mirrors: ['http://127.0.0.1:1/nothing.tar.gz'] })).rejects.toMatchObject({
    code: 'EQUIPOISE_DOWNLOAD',
  });
});
