import { createHash } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type * as tar from 'tar';
import { expect, test, vi } from 'vitest';
import { obtainFolder } from '../src/download/index.js';
import { serve, whole } from './archive-server.js';
import { temporaryFolder } from './toy-files.js';

vi.mock('tar', async (original) => ({
  ...(await original<typeof tar>()),
  x: async ({ cwd }: { cwd: string }) => {
    writeFileSync(join(cwd, 'data_batch_1.bin'), 'half');
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  },
}));

test('a disk that is full in the middle of unpacking keeps the archive and no folder', async () => {
  const bytes = new TextEncoder().encode('an archive');
  const server = await serve(whole(bytes));
  const home = await temporaryFolder();
  vi.stubEnv('EQUIPOISE_HOME', home);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const archive = { name: 'toy.tar.gz', folder: 'toy', bytes: bytes.length, sha256, mirrors: [server.url] };
  const obtain = () => obtainFolder(archive, [{ name: 'data_batch_1.bin', bytes: 3073 }], { report: () => undefined });
  try {
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(obtain()).rejects.toMatchObject({
        code: 'EQUIPOISE_STORAGE',
        message: expect.stringMatching(/^Could not unpack .*the disk is full. The archive is kept; free some space/),
        details: { code: 'ENOSPC' },
      });
      expect(readdirSync(join(home, 'datasets'))).toEqual(['toy.tar.gz.part']);
    }
    expect(server.ranges).toHaveLength(1);
  } finally {
    await server.close();
    await rm(home, { recursive: true });
  }
});
