import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createRng } from '@equipoise/kit';
import type { RunEvent } from '@equipoise/spec';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fetchArchive } from '../src/download/fetch-archive.js';
import {
  type Answer,
  type ArchiveServer,
  closedAddress,
  cutOff,
  head,
  serve,
  untilLength,
  whole,
} from './archive-server.js';
import { temporaryFolder } from './toy-files.js';

const bytes = Uint8Array.from(createRng('archive').uniforms(300_000, 0, 256));
const other = bytes.map((byte, index) => (index === 200_000 ? byte ^ 1 : byte));
const archive = {
  name: 'toy.tar.gz',
  folder: 'toy',
  bytes: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
};
const quick = { idle: 10_000, pause: 1, resumptions: 3 };

let [folder, path] = ['', ''];
let events: RunEvent[] = [];
const servers: ArchiveServer[] = [];
beforeEach(async () => {
  folder = await temporaryFolder();
  path = join(folder, 'toy.tar.gz.part');
  events = [];
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  await rm(folder, { recursive: true });
});

async function mirror(answer: Answer): Promise<ArchiveServer> {
  const server = await serve(answer);
  servers.push(server);
  return server;
}

const get = (mirrors: readonly string[], settings = quick, signal?: AbortSignal) =>
  fetchArchive(
    { ...archive, mirrors },
    path,
    { ...(signal ? { signal } : {}), report: (event) => void events.push(event) },
    settings,
  );
const failed = (mirrors: readonly string[], settings = quick) =>
  get(mirrors, settings).then(
    () => Promise.reject(new Error('the download succeeded')),
    (error) => error as { code: string; message: string; details: { tried: { url: string; reason: string }[] } },
  );
const arrived = () => expect(Buffer.compare(readFileSync(path), bytes)).toBe(0);
const warnings = () => events.flatMap((event) => (event.type === 'warning' ? [`${event.code} ${event.message}`] : []));

describe('a download', () => {
  test('is reported and checked', async () => {
    const { url, ranges } = await mirror(whole(bytes));
    await get([url]);
    arrived();
    expect(ranges).toEqual([undefined]);
    expect(events[0]).toMatchObject({ type: 'progress', label: 'download toy.tar.gz', total: 300_000 });
    expect(warnings()).toEqual([]);
  });

  test('that is cut off goes on by range where it stopped, again and again', async () => {
    const { url, ranges } = await mirror(cutOff(bytes, 100_000, () => path, 2));
    await get([url]);
    arrived();
    expect(ranges).toEqual([undefined, 'bytes=100000-', 'bytes=200000-']);
    expect(warnings()).toEqual([]);
  });

  test('goes on from what an earlier process, or another mirror, has left', async () => {
    const [first, second] = [await mirror(cutOff(bytes, 70_000, () => path)), await mirror(whole(bytes))];
    await get([first.url, second.url], { ...quick, resumptions: 0 });
    arrived();
    expect(second.ranges).toEqual(['bytes=70000-']);
    expect(warnings()[0]).toMatch(
      /^EQUIPOISE_MIRROR_FAILED toy.tar.gz could not be downloaded from .*: (terminated|other side closed)/,
    );
  });

  test('begins anew where a server knows no ranges', async () => {
    writeFileSync(path, bytes.subarray(0, 1000));
    const { url, ranges } = await mirror((_, response) => void response.end(bytes));
    await get([url]);
    arrived();
    expect(ranges).toEqual(['bytes=1000-']);
  });

  test('of which nothing is missing asks no server', async () => {
    writeFileSync(path, bytes);
    await get([await closedAddress()]);
    arrived();
  });

  test.each([
    ['of another file', other.subarray(0, 250_000)],
    ['that is as long but not the same', other],
    ['that is too long', new Uint8Array(300_001)],
  ])('begins anew from a part %s', async (_, part) => {
    writeFileSync(path, part);
    const { url } = await mirror(whole(bytes));
    await get([url]);
    arrived();
  });

  test('that is stopped throws the reason and keeps what has arrived', async () => {
    const [stop, reason] = [new AbortController(), new Error('enough')];
    const { url } = await mirror((request, response) => {
      response.write(head(bytes, request, response).subarray(0, 50_000));
      void untilLength(path, 50_000).then(() => stop.abort(reason));
    });
    await expect(get([url], quick, stop.signal)).rejects.toBe(reason);
    expect(statSync(path).size).toBe(50_000);
    const { url: good, ranges } = await mirror(whole(bytes));
    await get([good]);
    arrived();
    expect(ranges).toEqual(['bytes=50000-']);
  });
});

describe('another file than the original', () => {
  test('is told of, deleted, and the next mirror asked for the whole', async () => {
    const [bad, good] = [await mirror(whole(other)), await mirror(whole(bytes))];
    await get([bad.url, good.url]);
    arrived();
    expect(good.ranges).toEqual([undefined]);
    expect(warnings()).toHaveLength(1);
    expect(warnings()[0]).toContain(
      `its SHA-256 is ${createHash('sha256').update(other).digest('hex')}, expected ${archive.sha256}`,
    );
  });

  test('leaves nothing behind where no mirror has the original', async () => {
    const { url } = await mirror(whole(other));
    const error = await failed([url]);
    expect(error.code).toBe('EQUIPOISE_DOWNLOAD');
    expect(error.details.tried).toEqual([{ url, reason: expect.stringMatching(/^its SHA-256 is/) }]);
    expect(existsSync(path)).toBe(false);
  });
});

describe('where all mirrors are down', () => {
  test('the error lists what was tried and names the way without a network', async () => {
    const closed = await closedAddress();
    const missing = await mirror((_, response) => void response.writeHead(404).end());
    const page = await mirror((_, response) => void response.end('<html>Maintenance</html>'));
    const coded = await mirror(
      (_, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(bytes),
    );
    const shifted = await mirror((_, response) => {
      const range = { 'content-range': 'bytes 0-299999/300000', 'content-length': 300_000 };
      response.writeHead(206, range).end(bytes);
    });
    const endless = await mirror((_, response) => {
      response.writeHead(200, { 'transfer-encoding': 'chunked' });
      response.end(Buffer.concat([bytes, bytes]));
    });
    const silent = await mirror(() => undefined);
    const mirrors = [closed, ...[missing, page, coded, shifted, endless, silent].map(({ url }) => url)];
    writeFileSync(path, bytes.subarray(0, 10));
    const error = await failed(mirrors, { ...quick, idle: 1000 });
    expect(error.code).toBe('EQUIPOISE_DOWNLOAD');
    expect(error.details.tried.map(({ url }) => url)).toEqual(mirrors);
    expect(error.details.tried.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/ECONNREFUSED/),
      'the server answered 404 Not Found',
      'the server offers 24 bytes; the archive has 300000',
      'the server sends the archive in the coding gzip',
      'the server answered with another range than was asked for',
      'the server sends more than the 300000 bytes of the archive',
      'nothing arrived for 1 seconds',
    ]);
    for (const url of mirrors) expect(error.message).toContain(url);
    expect(error.message).toMatch(/Without a network: get toy.tar.gz.*give the folder toy as dataDir.*sample: true/);
    expect(error.message).toMatch(/\d+ of 300000 bytes are kept/);
    expect(warnings()).toHaveLength(mirrors.length);
  });
});

test.skipIf(!existsSync('/dev/full'))('a full disk is a StorageError, and no other mirror is tried', async () => {
  symlinkSync('/dev/full', path);
  const [first, second] = [await mirror(whole(bytes)), await mirror(whole(bytes))];
  const error = await failed([first.url, second.url]);
  expect(error).toMatchObject({ code: 'EQUIPOISE_STORAGE', details: { action: 'write', path, code: 'ENOSPC' } });
  expect(error.message).toMatch(/toy.tar.gz.part: the disk is full. What has arrived is kept/);
  expect(second.ranges).toEqual([]);
});
