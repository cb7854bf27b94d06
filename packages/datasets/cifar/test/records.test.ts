import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cifar10, cifar100 } from '../src/index.js';
import { coarseClasses, fineClasses } from '../src/class-names.js';
import { toyByte, toyFile, toyFolder } from './toy-files.js';

const files10 = {
  'data_batch_1.bin': toyFile([[3], [5], [0]]),
  'data_batch_4.bin': toyFile([[5], [9]], 3),
  'test_batch.bin': toyFile([[5], [3]], 5),
};
const files100 = {
  'train.bin': toyFile([
    [4, 0],
    [1, 1],
    [14, 2],
    [8, 3],
  ]),
  'test.bin': toyFile([[4, 51]], 4),
};

let [folder10, folder100] = ['', ''];
beforeAll(async () => {
  folder10 = await toyFolder(files10, 'cifar-10-batches-bin');
  folder100 = await toyFolder(files100);
});
afterAll(() => Promise.all([folder10, folder100].map((folder) => rm(folder, { recursive: true }))));

describe('CIFAR-10', () => {
  const toy = (options = {}) => cifar10({ dataDir: folder10, verify: false, ...options });

  test('planes of colour become channels, bytes become float32 in [0, 1]', async () => {
    const train = await toy().split('train');
    const { shape, x } = await train.examples([4, 1]);
    expect(shape).toEqual([2, 32, 32, 3]);
    const expected = [4, 1].flatMap((image) =>
      Array.from({ length: 3072 }, (_, i) => toyByte(image, i % 3, Math.floor(i / 96), Math.floor(i / 3) % 32)),
    );
    expect(Array.from(x)).toEqual(expected.map((byte) => Math.fround(byte / 255)));
  });

  test('batches follow each other; the folder above the files will do', async () => {
    const [train, testing] = [await toy().split('train'), await toy().split('test')];
    expect(Array.from(train.labels)).toEqual([3, 5, 0, 5, 9]);
    expect(Array.from(testing.labels)).toEqual([5, 3]);
    const { labels, fields } = await train.examples(Int32Array.of(3, 0, 3));
    expect(Array.from(labels)).toEqual([5, 3, 5]);
    expect(fields).toBeUndefined();
  });

  test('a folder with some batches is reported, with what was found and what is missing', async () => {
    const events: unknown[] = [];
    const dataset = cifar10({ dataDir: folder10, verify: false }, { report: (event) => events.push(event) });
    await dataset.split('train');
    await dataset.split('test');
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      type: 'warning',
      code: 'EQUIPOISE_PARTIAL_DATA',
      message: expect.stringContaining('has 20,000 of 50,000 images'),
      details: {
        found: ['data_batch_1.bin', 'data_batch_4.bin'],
        missing: ['data_batch_2.bin', 'data_batch_3.bin', 'data_batch_5.bin'],
      },
    });
  });

  test('batches that are asked for are used alone, without a warning, and must be there', async () => {
    const events: unknown[] = [];
    const report = (event: unknown) => events.push(event);
    const dataset = cifar10({ dataDir: folder10, verify: false, batches: [4] }, { report });
    expect(Array.from((await dataset.split('train')).labels)).toEqual([5, 9]);
    expect(dataset.info.provenance).toEqual({ trainFiles: ['data_batch_4.bin'] });
    expect(events).toEqual([]);
    await expect(toy({ batches: [4, 2] }).split('train')).rejects.toThrow(/lacks data_batch_2.bin for split "train"/);
  });

  test('a binary task: chosen classes are numbered anew in the order given', async () => {
    const dataset = toy({ classes: ['dog', 3] });
    expect(dataset.info.classes).toEqual(['dog', 'cat']);
    const train = await dataset.split('train');
    expect(Array.from(train.labels)).toEqual([1, 0, 0]);
    const { x, labels } = await train.examples([2, 0]);
    expect(Array.from(labels)).toEqual([0, 1]);
    expect([x[0], x[3072]]).toEqual([3, 0].map((image) => Math.fround(toyByte(image, 0, 0, 0) / 255)));
  });

  test('classes without an example leave no empty split', async () => {
    await expect(toy({ classes: ['ship'] }).split('test')).rejects.toMatchObject({
      code: 'EQUIPOISE_DATA',
      message: 'The split "test" of data set "cifar-10" is empty: it has no example of ship.',
    });
  });

  test('come from an address', async () => {
    const server = createServer((request, response) => {
      const bytes = files10[(request.url ?? '').replace('/data/', '') as keyof typeof files10];
      response.writeHead(bytes ? 200 : 404).end(bytes);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/data/`;
    try {
      expect(Array.from((await cifar10({ baseUrl, verify: false }).split('test')).labels)).toEqual([5, 3]);
      await expect(cifar10({ baseUrl, verify: false }).split('train')).rejects.toThrow(
        /data_batch_2.bin.*answered 404/,
      );
    } finally {
      server.close();
    }
  });
});

describe('CIFAR-100', () => {
  const toy = (options = {}) => cifar100({ dataDir: folder100, verify: false, ...options });

  test('the class is the fine or the coarse label; both stay with each example', async () => {
    const [fine, coarse] = [await toy().split('train'), await toy({ labels: 'coarse' }).split('train')];
    expect(Array.from(fine.labels)).toEqual([0, 1, 2, 3]);
    expect(Array.from(coarse.labels)).toEqual([4, 1, 14, 8]);
    const [a, b] = [await fine.examples([3, 0]), await coarse.examples([3, 0])];
    expect(a.fields).toEqual({ coarse: Int32Array.of(8, 4), fine: Int32Array.of(3, 0) });
    expect(b).toEqual({ ...a, labels: Int32Array.of(8, 4) });
    expect(a.x[0]).toBe(Math.fround(toyByte(3, 0, 0, 0) / 255));
  });

  test('has 100 classes in 20 superclasses, each name once', () => {
    expect([toy().info.classes, toy({ labels: 'coarse' }).info.classes]).toEqual([fineClasses, coarseClasses]);
    expect([new Set(fineClasses).size, new Set(coarseClasses).size]).toEqual([100, 20]);
    expect([fineClasses[0], fineClasses[51], fineClasses[99]]).toEqual(['apple', 'mushroom', 'worm']);
    expect([coarseClasses[4], coarseClasses[19]]).toEqual(['fruit_and_vegetables', 'vehicles_2']);
  });

  test('chosen classes are of the labels in use, and the fields keep the original labels', async () => {
    const train = await toy({ labels: 'coarse', classes: ['people', 'large_carnivores'] }).split('train');
    expect(Array.from(train.labels)).toEqual([0, 1]);
    expect((await train.examples([0])).fields).toEqual({ coarse: Int32Array.of(14), fine: Int32Array.of(2) });
    expect(() => toy({ classes: ['people'] })).toThrow(/Class "people" does not exist/);
  });
});
