import { copyFile, rm } from 'node:fs/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { cifar10, cifar100 } from '../src/index.js';
import { toyFile, toyFolder } from './toy-files.js';

const folders: string[] = [];
afterEach(() => Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true }))));

async function failure(files: Record<string, Uint8Array>, split: string, verify = false, open = cifar10) {
  const dataDir = await toyFolder(files);
  folders.push(dataDir);
  return open({ dataDir, verify })
    .split(split)
    .then(
      () => ({ code: 'none', message: 'the split opened' }),
      (error) => ({ code: error.code as string, message: error.message as string }),
    );
}

describe('bad data are a DataError that names the file and says what is wrong:', () => {
  const two = toyFile([[1], [2]]);
  const cases: [string, Record<string, Uint8Array>, RegExp][] = [
    ['truncated', { 'test_batch.bin': two.subarray(0, -1) }, /test_batch.bin holds 6145 bytes.*records of 3073 bytes/],
    ['empty', { 'test_batch.bin': two.subarray(0, 0) }, /test_batch.bin holds 0 bytes/],
    ['CIFAR-100 for CIFAR-10', { 'test_batch.bin': toyFile([[1, 2]]) }, /holds 3074 bytes.*or of another data set/],
    ['label 10', { 'test_batch.bin': toyFile([[9], [10]]) }, /has the label 10 in record 1; expected 0 to 9/],
    ['no test batch', { 'data_batch_1.bin': two }, /lacks test_batch.bin for split "test".*it holds data_batch_1.bin/],
    ['an empty folder', {}, /lacks test_batch.bin.*it holds nothing/],
    ['the archive', { 'cifar-10-binary.tar.gz': two }, /Unpack cifar-10-binary.tar.gz first/],
  ];
  test.each(cases)('%s', async (_, files, message) => {
    const error = await failure(files, 'test');
    expect(error.code).toBe('EQUIPOISE_DATA');
    expect(error.message).toMatch(message);
  });

  test('another number of images than the original has', async () => {
    const error = await failure({ 'test_batch.bin': two }, 'test', true);
    expect(error.message).toMatch(/holds 2 images; the original test_batch.bin has 10000/);
  });

  test('a label of the second byte of CIFAR-100', async () => {
    const error = await failure({ 'test.bin': toyFile([[19, 100]]) }, 'test', false, cifar100);
    expect(error.message).toMatch(/has the fine 100 in record 0; expected 0 to 99/);
  });

  test('a folder that is not there', async () => {
    await expect(cifar10({ dataDir: '/nowhere' }).split('test')).rejects.toMatchObject({
      code: 'EQUIPOISE_DATA',
      message: expect.stringMatching(/^\/nowhere cannot be read: ENOENT/),
    });
  });

  test('a split or an index that does not exist', async () => {
    const sample = cifar10({ sample: true });
    await expect(sample.split('validation')).rejects.toThrow('has no split "validation"; it has train, test');
    const split = await sample.split('test');
    for (const index of [-1, 150, 0.5]) {
      await expect(split.examples([0, index])).rejects.toMatchObject({ code: 'EQUIPOISE_DATA' });
    }
  });

  test('files that appear after a failure are read', async () => {
    const dataDir = await toyFolder({ 'test_batch.bin': two.subarray(1) });
    const good = await toyFolder({ 'test_batch.bin': two });
    folders.push(dataDir, good);
    const dataset = cifar10({ dataDir, verify: false });
    await expect(dataset.split('test')).rejects.toMatchObject({ code: 'EQUIPOISE_DATA' });
    await copyFile(`${good}/test_batch.bin`, `${dataDir}/test_batch.bin`);
    expect((await dataset.split('test')).size).toBe(2);
  });
});

describe('wrong options are refused by name:', () => {
  test('classes that do not exist, or twice, with what there is', () => {
    expect(() => cifar10({ classes: ['dgo'] })).toThrow(/classes.0: Class "dgo" does not exist; did you mean "dog"\?/);
    expect(() => cifar10({ classes: ['zebra'] })).toThrow(/there are 10: airplane, automobile/);
    expect(() => cifar10({ classes: [10] })).toThrow(/classes.0: Class 10 does not exist/);
    expect(() => cifar10({ classes: ['cat', 3] })).toThrow(/classes.1: Class 3 is given twice/);
    expect(() => cifar10({ classes: [] })).toThrow(/classes/);
  });

  test('batches', () => {
    expect(() => cifar10({ batches: [6] })).toThrow(/batches.0/);
    expect(() => cifar10({ batches: [1, 1] })).toThrow(/A batch is given twice/);
    expect(() => cifar10({ batches: [1], sample: true })).toThrow(/The sample has no batches/);
  });

  test('several places, an address that is none, options of the other data set', () => {
    expect(() => cifar10({ dataDir: '/data', sample: true })).toThrow(
      /at most one of dataDir, baseUrl, mirrors and sample/,
    );
    expect(() => cifar10({ mirrors: ['ftp://example.org'] })).toThrow(/mirrors.0/);
    // @ts-expect-error CIFAR-10 has one kind of labels
    expect(() => cifar10({ labels: 'fine' })).toThrow(/labels/);
    // @ts-expect-error there is no sample of CIFAR-100
    expect(() => cifar100({ sample: true })).toThrow(/sample/);
  });
});
