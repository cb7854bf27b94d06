import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { removeTemporaryFiles, writeFileAtomic } from './write-atomic.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'equipoise-atomic-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

test('a reader sees one whole version, never a part', async () => {
  const path = join(folder, 'deep', 'value.txt');
  const version = (index: number) => String(index % 10).repeat(200_000);
  await writeFileAtomic(path, version(0));
  let writing = true;
  const writer = (async () => {
    for (let index = 1; index <= 20; index += 1) await writeFileAtomic(path, version(index));
    writing = false;
  })();
  const seen: string[] = [];
  while (writing) seen.push(await readFile(path, 'utf8'));
  await writer;
  expect(seen.length).toBeGreaterThan(0);
  for (const text of seen) expect(text).toBe(version(Number(text[0])));
});

test('writers of one file at the same time do not mix', async () => {
  const path = join(folder, 'value.txt');
  const versions = Array.from({ length: 8 }, (_, index) => String(index).repeat(100_000));
  await Promise.all(versions.map((text) => writeFileAtomic(path, text)));
  expect(versions).toContain(await readFile(path, 'utf8'));
  expect(await readdir(folder)).toEqual(['value.txt']);
});

test('a kill in the middle leaves a whole version, and leftovers can be removed', async () => {
  const path = join(folder, 'value.json');
  const source = `import(${JSON.stringify(pathToFileURL(join(import.meta.dirname, 'write-atomic.ts')).href)})
    .then(async ({ writeFileAtomic }) => {
      for (let i = 0; ; i += 1) {
        await writeFileAtomic(process.argv[1], JSON.stringify(Array(200000).fill(i % 10)));
        if (i === 3) console.log('written');
      }
    });`;
  const child = spawn(process.execPath, [...process.execArgv, '--eval', source, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
  const values = JSON.parse(await readFile(path, 'utf8')) as number[];
  expect(values).toHaveLength(200_000);
  expect(new Set(values).size).toBe(1);
  await removeTemporaryFiles(folder);
  expect(await readdir(folder)).toEqual(['value.json']);
});
