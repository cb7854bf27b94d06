import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mnist, plugin } from '../src/index.js';
import { twoDigits } from './idx-files.js';

describe('the original digits', () => {
  const digits = mnist();

  test('say what they are', () => {
    expect(digits.info).toMatchObject({
      name: 'mnist',
      inputShape: [28, 28, 1],
      bounds: [0, 1],
      splits: ['train', 'test'],
    });
    expect(digits.info.licence).toBe('CC BY-SA 3.0');
    expect(plugin.components.map(({ name }) => name)).toEqual(['mnist']);
  });

  test('are 60,000 and 10,000, with the known number of each digit', async () => {
    const counts = async (name: string) => {
      const { size, labels } = await digits.split(name);
      return [size, ...Array.from({ length: 10 }, (_, digit) => labels.filter((label) => label === digit).length)];
    };
    expect(await counts('train')).toEqual([60000, 5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
    expect(await counts('test')).toEqual([10000, 980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
  });

  test('have the known mean and standard deviation of the training pixels', async () => {
    const train = await digits.split('train');
    let [sum, squares] = [0, 0];
    for (let begin = 0; begin < train.size; begin += 10_000) {
      const { x } = await train.examples(Array.from({ length: 10_000 }, (_, i) => begin + i));
      for (const value of x) {
        sum += value;
        squares += value * value;
      }
    }
    const mean = sum / (60_000 * 784);
    expect(mean).toBeCloseTo(0.1307, 4);
    expect(Math.sqrt(squares / (60_000 * 784) - mean ** 2)).toBeCloseTo(0.3081, 4);
  });

  test('begin with 5, 0, 4, 1, 9 and are bytes over 255', async () => {
    const train = await digits.split('train');
    const first = await train.examples([0, 1, 2, 3, 4]);
    expect(Array.from(first.labels)).toEqual([5, 0, 4, 1, 9]);
    expect(first.shape).toEqual([5, 28, 28, 1]);
    const bytes = Uint8Array.from(first.x, (value) => Math.round(value * 255));
    expect(Array.from(bytes, (byte) => Math.fround(byte / 255))).toEqual(Array.from(first.x));
    expect(createHash('md5').update(bytes.subarray(0, 784)).digest('hex')).toBe('2ce86e4daeeff3a0cdebce6897c784ba');
  });

  test('are given by index, in the order asked for, repeated if asked', async () => {
    const split = await digits.split('test');
    const all = await split.examples([0, 1, 2, 3]);
    const some = await split.examples(Int32Array.of(3, 0, 3));
    expect(Array.from(some.labels)).toEqual([3, 0, 3].map((index) => split.labels[index]));
    expect(some.x.subarray(0, 784)).toEqual(all.x.subarray(3 * 784, 4 * 784));
    expect(some.x.subarray(784, 2 * 784)).toEqual(all.x.subarray(0, 784));
    expect(some.x.subarray(2 * 784)).toEqual(some.x.subarray(0, 784));
  });

  test('are decoded once, also for another instance', async () => {
    const [first, second] = [await digits.split('test'), await mnist().split('test')];
    expect(first.labels).toBe(second.labels);
  });

  test.each([-1, 10_000, 1.5])('refuse the index %s', async (index) => {
    const split = await digits.split('test');
    await expect(split.examples([0, index])).rejects.toMatchObject({ code: 'EQUIPOISE_DATA' });
  });

  test('refuse a split that does not exist and say which do', async () => {
    await expect(digits.split('validation')).rejects.toThrow('has no split "validation"; it has train, test');
  });
});

describe('digits from elsewhere', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mnist-'));
    for (const [name, bytes] of Object.entries(twoDigits())) await writeFile(join(folder, name), bytes);
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('come from a folder', async () => {
    const train = await mnist({ dataDir: folder, verify: false }).split('train');
    const { x } = await train.examples([1, 0]);
    expect(Array.from(train.labels)).toEqual([3, 9]);
    expect(x[784 + 255]).toBe(1);
    expect(x[0]).toBe(Math.fround((255 - (784 % 256)) / 255));
  });

  test('come from an address, compressed or decompressed by the server', async () => {
    const served = twoDigits();
    const server = createServer((request, response) => {
      const bytes = served[(request.url ?? '').replace('/digits/', '')];
      const header = request.url?.includes('images') ? { 'content-encoding': 'gzip' } : {};
      response.writeHead(bytes ? 200 : 404, header).end(bytes);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const train = await mnist({ baseUrl: `${address}/digits/`, verify: false }).split('train');
      expect(Array.from(train.labels)).toEqual([3, 9]);
      await expect(mnist({ baseUrl: `${address}/nowhere` }).split('train')).rejects.toThrow(/nowhere.*answered 404/);
    } finally {
      server.close();
    }
  });

  test('are read again after a failure', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'mnist-'));
    const digits = mnist({ dataDir: empty, verify: false });
    await expect(digits.split('train')).rejects.toMatchObject({ code: 'EQUIPOISE_DATA' });
    for (const [name, bytes] of Object.entries(twoDigits())) await writeFile(join(empty, name), bytes);
    expect((await digits.split('train')).size).toBe(2);
    await rm(empty, { recursive: true });
  });
});
