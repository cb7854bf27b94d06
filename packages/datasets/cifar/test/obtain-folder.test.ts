import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createRng } from '@equipoise/kit';
import type { RunEvent } from '@equipoise/spec';
import { create } from 'tar';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type CifarDefinition, cifar10Definition } from '../src/definition.js';
import { obtainFolder } from '../src/download/index.js';
import { cifar10 } from '../src/index.js';
import { openDataset } from '../src/open-dataset.js';
import { type Answer, type ArchiveServer, closedAddress, head, serve, untilLength, whole } from './archive-server.js';
import { temporaryFolder, toyFile, toyFolder } from './toy-files.js';

const contents = { 'data_batch_1.bin': toyFile([[3], [5], [0]]), 'test_batch.bin': toyFile([[5], [3]], 3) };
const files = Object.entries(contents).map(([name, { length }]) => ({ name, bytes: length }));
let bytes: Uint8Array;
let archive: CifarDefinition['archive'];
let [home, datasets] = ['', ''];
let server: ArchiveServer | undefined;
let events: RunEvent[] = [];
const context = { rng: createRng(0), report: (event: RunEvent) => void events.push(event) };

beforeAll(async () => {
  const source = await toyFolder({ ...contents, 'readme.html': Uint8Array.of(1) }, 'toy');
  await create({ file: join(source, 'toy.tar.gz'), cwd: source, gzip: true }, ['toy']);
  bytes = readFileSync(join(source, 'toy.tar.gz'));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  archive = { name: 'toy.tar.gz', folder: 'toy', bytes: bytes.length, sha256, mirrors: [] };
  await rm(source, { recursive: true });
});

beforeEach(async () => {
  home = await temporaryFolder();
  datasets = join(home, 'datasets');
  events = [];
  vi.stubEnv('EQUIPOISE_HOME', home);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await server?.close();
  server = undefined;
  await rm(home, { recursive: true });
});

async function served(answer: Answer): Promise<CifarDefinition['archive']> {
  server = await serve(answer);
  return { ...archive, mirrors: [server.url] };
}

const unpacked = () => {
  expect(readdirSync(datasets)).toEqual(['toy']);
  expect(readdirSync(join(datasets, 'toy')).sort()).toEqual(Object.keys(contents));
  for (const [name, file] of Object.entries(contents)) {
    expect(Buffer.compare(readFileSync(join(datasets, 'toy', name)), file)).toBe(0);
  }
};

/** Obtains the archive in another process. */
function start(one: CifarDefinition['archive']): { child: ChildProcess; ended: Promise<string> } {
  const script = join(import.meta.dirname, 'obtain.ts');
  const flags = ['--conditions=@equipoise/source', '--import', 'tsx'];
  const child = spawn(process.execPath, [...flags, script, JSON.stringify(one), JSON.stringify(files)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout?.on('data', (text: Buffer) => (output += text.toString()));
  return { child, ended: new Promise((resolve) => child.once('close', () => resolve(output.trim()))) };
}

/** Sends half, and the rest when it is told to. */
function inHalves(): { answer: Answer; half: Promise<void>; finish(): void } {
  let [onHalf, finish] = [() => {}, () => {}];
  const half = new Promise<void>((resolve) => (onHalf = resolve));
  const go = new Promise<void>((resolve) => (finish = resolve));
  const answer: Answer = (request, response) => {
    const rest = head(bytes, request, response);
    response.write(rest.subarray(0, rest.length >> 1), () => {
      onHalf();
      void go.then(() => response.end(rest.subarray(rest.length >> 1)));
    });
  };
  return { answer, half, finish: () => finish() };
}

test('the archive is downloaded once, unpacked, deleted, and found from then on', async () => {
  const definition: CifarDefinition = {
    ...cifar10Definition,
    files: { train: [{ name: 'data_batch_1.bin', count: 3 }], test: [{ name: 'test_batch.bin', count: 2 }] },
    archive: await served(whole(bytes)),
  };
  const dataset = openDataset(definition, { labelSet: 0, verify: true }, context);
  expect(server?.ranges).toEqual([]);
  const [train, testing] = await Promise.all([dataset.split('train'), dataset.split('test')]);
  expect([Array.from(train.labels), Array.from(testing.labels)]).toEqual([
    [3, 5, 0],
    [5, 3],
  ]);
  await openDataset(definition, { labelSet: 0, verify: true }, context).split('train');
  expect(server?.ranges).toHaveLength(1);
  unpacked();
});

test('two processes at once: one downloads, the other waits for it and is told so', { timeout: 60_000 }, async () => {
  const { answer, half, finish } = inHalves();
  const slow = await served(answer);
  const other = start(slow);
  await half;
  const own = obtainFolder(slow, files, context);
  await vi.waitFor(() =>
    expect(events[0]).toMatchObject({ label: expect.stringMatching(/^waiting for another process/) }),
  );
  finish();
  expect(await Promise.all([own, other.ended])).toEqual([join(datasets, 'toy'), join(datasets, 'toy')]);
  expect(server?.ranges).toHaveLength(1);
  unpacked();
});

test('whoever waits for another process can be stopped', async () => {
  const { answer, half, finish } = inHalves();
  const slow = await served(answer);
  const first = obtainFolder(slow, files, context);
  await half;
  const stop = new AbortController();
  const second = obtainFolder(slow, files, { ...context, signal: stop.signal });
  stop.abort(new Error('enough'));
  await expect(second).rejects.toThrow('enough');
  finish();
  await first;
  unpacked();
});

test('a download whose process was killed goes on where it stopped', { timeout: 60_000 }, async () => {
  const { answer, half } = inHalves();
  const { child, ended } = start(await served(answer));
  await half;
  const part = join(datasets, 'toy.tar.gz.part');
  await untilLength(part, bytes.length >> 1);
  child.kill('SIGKILL');
  await ended;
  await server?.close();
  expect(existsSync(join(datasets, 'toy'))).toBe(false);
  const then = new Date(Date.now() - 60_000);
  utimesSync(join(datasets, 'toy.lock'), then, then);
  await obtainFolder(await served(whole(bytes)), files, context);
  expect(server?.ranges).toEqual([`bytes=${bytes.length >> 1}-`]);
  unpacked();
});

test('what a killed unpacking, or a hand, has left is replaced', async () => {
  for (const folder of ['toy', 'toy.partial']) mkdirSync(join(datasets, folder), { recursive: true });
  writeFileSync(join(datasets, 'toy', 'data_batch_1.bin'), Uint8Array.of(1));
  writeFileSync(join(datasets, 'toy.partial', 'nonsense'), Uint8Array.of(1));
  await obtainFolder(await served(whole(bytes)), files, context);
  unpacked();
});

test('an archive without the files is a DataError that leaves no folder', async () => {
  const wanted = [...files, { name: 'data_batch_2.bin', bytes: 3073 }];
  await expect(obtainFolder(await served(whole(bytes)), wanted, context)).rejects.toMatchObject({
    code: 'EQUIPOISE_DATA',
    message: expect.stringMatching(/does not hold what is expected: .*data_batch_2.bin \(3073 bytes\)/),
  });
  expect(readdirSync(datasets)).toEqual(['toy.tar.gz.part']);
});

test('a cache that cannot be made is a StorageError that says what to do', async () => {
  writeFileSync(join(home, 'file'), '');
  vi.stubEnv('EQUIPOISE_HOME', join(home, 'file'));
  await expect(obtainFolder(archive, files, context)).rejects.toMatchObject({
    code: 'EQUIPOISE_STORAGE',
    message: expect.stringMatching(/^Could not make .*Set EQUIPOISE_HOME to a folder that can be written/),
  });
});

test('without a network the data set says what was tried and what can be done', async () => {
  const url = await closedAddress();
  const warnings: RunEvent[] = [];
  const offline = cifar10({ mirrors: [url] }, { report: (event) => void warnings.push(event) });
  await expect(offline.split('test')).rejects.toMatchObject({
    code: 'EQUIPOISE_DOWNLOAD',
    message: expect.stringMatching(
      /cifar-10-binary.tar.gz[^]*ECONNREFUSED[^]*cifar-10-batches-bin as dataDir[^]*sample: true/,
    ),
  });
  expect(warnings).toMatchObject([{ code: 'EQUIPOISE_MIRROR_FAILED', details: { url } }]);
  expect(readdirSync(datasets)).toEqual([]);
});
