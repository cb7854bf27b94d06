import { mkdtemp, open, readdir, readFile, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StorageError, type TrainingState } from '@equipoise/spec';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { readEvents } from './event-log.js';
import { createFolderStorage } from './folder-storage.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'equipoise-storage-'));
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

const stateAt = (step: number): TrainingState => ({
  step,
  arrays: { w: { shape: [4], data: Float32Array.of(step, 1, 2, 3) } },
  facts: { best: 0.5 },
});

const checkpoint = (name: string) => join(folder, 'checkpoints', 'row', 'fcl', `${name}.safetensors`);

async function damage(name: string): Promise<void> {
  const bytes = await readFile(checkpoint(name));
  bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 255;
  await writeFile(checkpoint(name), bytes);
}

/** Makes every further write stop in the middle, as on a full disk. */
async function fillDisk(): Promise<void> {
  const handle = await open(join(folder, 'probe'), 'w');
  await handle.close();
  const prototype = Object.getPrototypeOf(handle) as FileHandle;
  vi.spyOn(prototype, 'writeFile').mockImplementation(async function (this: FileHandle, data) {
    const bytes = Buffer.from(data as string | Uint8Array);
    await this.write(bytes, 0, bytes.length >> 1);
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  });
}

describe('JSON', () => {
  test('a value comes back; one that was never written is undefined', async () => {
    const storage = createFolderStorage(folder);
    await storage.writeJson('jobs/row/fcl/seed-1.json', { accuracy: 0.97, missing: null });
    expect(await storage.readJson('jobs/row/fcl/seed-1.json')).toEqual({ accuracy: 0.97, missing: null });
    expect(await storage.readJson('jobs/row/fcl/seed-2.json')).toBeUndefined();
  });

  test('a damaged file is an error that names it', async () => {
    await writeFile(join(folder, 'config.json'), '{"a":');
    await expect(createFolderStorage(folder).readJson('config.json')).rejects.toThrow(
      `${join(folder, 'config.json')} is damaged: it does not hold JSON.`,
    );
  });

  test.each(['../x.json', '/x.json', 'a//b.json', 'a\\b.json', 'c:x.json', '.', 'a/..', ''])(
    'the path "%s" is refused',
    async (path) => {
      await expect(createFolderStorage(folder).writeJson(path, 1)).rejects.toThrow(/cannot name a file of a run/);
    },
  );

  test('what is not JSON is refused, and what was there stays', async () => {
    const storage = createFolderStorage(folder);
    await storage.writeJson('a.json', 1);
    await expect(storage.writeJson('a.json', undefined)).rejects.toThrow(/cannot be written as JSON/);
    await expect(storage.writeJson('a.json', { big: 1n })).rejects.toThrow(/cannot be written as JSON/);
    expect(await storage.readJson('a.json')).toBe(1);
  });

  test('on a full disk the error names the file, the old value is intact, and nothing half written is left', async () => {
    const storage = createFolderStorage(folder);
    await storage.writeJson('report.json', { version: 'old' });
    await fillDisk();
    const path = join(folder, 'report.json');
    const failure = await storage.writeJson('report.json', { version: 'new' }).catch((error: unknown) => error);
    expect(StorageError.isInstance(failure, 'EQUIPOISE_STORAGE')).toBe(true);
    expect((failure as Error).message).toBe(
      `Could not write ${path}: the disk is full. What was there before is intact. Free some space and go on where it stopped.`,
    );
    expect(await storage.readJson('report.json')).toEqual({ version: 'old' });
    expect((await readdir(folder)).sort()).toEqual(['probe', 'report.json']);
  });
});

describe('checkpoints', () => {
  test('each name keeps its newest state', async () => {
    const storage = createFolderStorage(folder);
    expect(await storage.loadCheckpoint('row/fcl', 'last')).toBeUndefined();
    for (const step of [1, 2, 3]) await storage.saveCheckpoint('row/fcl', 'last', stateAt(step));
    await storage.saveCheckpoint('row/fcl', 'best', stateAt(2));
    expect(await storage.loadCheckpoint('row/fcl', 'last')).toEqual(stateAt(3));
    expect(await storage.loadCheckpoint('row/fcl', 'best')).toEqual(stateAt(2));
    expect((await readdir(join(folder, 'checkpoints/row/fcl'))).sort()).toEqual([
      'best.safetensors',
      'last.safetensors',
      'previous.safetensors',
    ]);
  });

  test('a damaged last checkpoint is replaced by the one before it, with a warning', async () => {
    const warnings: string[] = [];
    const storage = createFolderStorage(folder, { onWarning: (message) => warnings.push(message) });
    await storage.saveCheckpoint('row/fcl', 'last', stateAt(10));
    await storage.saveCheckpoint('row/fcl', 'last', stateAt(20));
    await damage('last');
    expect(await storage.loadCheckpoint('row/fcl', 'last')).toEqual(stateAt(10));
    expect(warnings).toEqual([
      `${checkpoint('last')} is damaged or not a safetensors file: its content does not match its checksum. ` +
        'Going on from the checkpoint before it, of step 10.',
    ]);
    expect(await readEvents(join(folder, 'events.jsonl'))).toMatchObject([{ job: 'row/fcl', type: 'warning' }]);
  });

  test('a kill between the two renames leaves the previous checkpoint in use', async () => {
    const storage = createFolderStorage(folder);
    await storage.saveCheckpoint('row/fcl', 'last', stateAt(10));
    await storage.saveCheckpoint('row/fcl', 'last', stateAt(20));
    await rm(checkpoint('last'));
    expect(await storage.loadCheckpoint('row/fcl', 'last')).toEqual(stateAt(10));
  });

  test('without another checkpoint, damage is an error that names the file', async () => {
    const storage = createFolderStorage(folder);
    await storage.saveCheckpoint('row/fcl', 'last', stateAt(10));
    await damage('last');
    const failure = storage.loadCheckpoint('row/fcl', 'last');
    await expect(failure).rejects.toThrow(`Corrupted checkpoint: ${checkpoint('last')} is damaged`);
    await expect(failure).rejects.toThrow('No other checkpoint of row/fcl can take its place');
  });

  test('the best checkpoint is never replaced by another', async () => {
    const storage = createFolderStorage(folder);
    for (const step of [1, 2]) {
      await storage.saveCheckpoint('row/fcl', 'best', stateAt(step));
      await storage.saveCheckpoint('row/fcl', 'last', stateAt(step));
    }
    await damage('best');
    await expect(storage.loadCheckpoint('row/fcl', 'best')).rejects.toThrow(/^Corrupted checkpoint/);
  });

  test('a full disk costs none of the two checkpoints', async () => {
    const storage = createFolderStorage(folder);
    await storage.saveCheckpoint('row/fcl', 'last', stateAt(1));
    await storage.saveCheckpoint('row/fcl', 'last', stateAt(2));
    await fillDisk();
    await expect(storage.saveCheckpoint('row/fcl', 'last', stateAt(3))).rejects.toThrow(/the disk is full/);
    expect(await storage.loadCheckpoint('row/fcl', 'last')).toEqual(stateAt(2));
    vi.restoreAllMocks();
    await damage('last');
    expect(await storage.loadCheckpoint('row/fcl', 'last')).toEqual(stateAt(1));
  });
});

test('nothing is written once the run may not be written any more', async () => {
  const storage = createFolderStorage(folder, {
    beforeWrite: () => {
      throw new StorageError('lost');
    },
  });
  await expect(storage.writeJson('a.json', 1)).rejects.toThrow('lost');
  await expect(storage.appendEvent('a', {})).rejects.toThrow('lost');
  await expect(storage.saveCheckpoint('a', 'last', stateAt(1))).rejects.toThrow('lost');
  expect(await readdir(folder)).toEqual([]);
});
