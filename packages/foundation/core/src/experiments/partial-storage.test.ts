import { describe, expect, test } from 'vitest';
import { createMemoryStorage } from './memory-storage.js';
import { createPartialStorage } from './partial-storage.js';

describe('partial results', () => {
  test('come back under their name, each scope its own', async () => {
    const run = createMemoryStorage();
    const storage = createPartialStorage(run, 'row/a/seed-1/robustness');
    await storage.save('batch-0', { distances: [1, null] });
    expect(await storage.load('batch-0')).toEqual({ distances: [1, null] });
    expect(await storage.load('batch-1')).toBeUndefined();
    expect(await createPartialStorage(run, 'row/a/seed-2/robustness').load('batch-0')).toBeUndefined();
    expect(await run.readJson('partial/row/a/seed-1/robustness/batch-0.json')).toBeDefined();
  });

  test.each(['', '../escape', 'Upper', 'a--b', 'a b'])('refuse the name "%s"', async (name) => {
    const storage = createPartialStorage(createMemoryStorage(), 'here');
    await expect(storage.save(name, 1)).rejects.toMatchObject({ code: 'EQUIPOISE_STORAGE' });
  });
});
