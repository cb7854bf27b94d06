import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { mnist } from '../src/index.js';
import { idx, twoDigits } from './idx-files.js';

const images = 'train-images-idx3-ubyte.gz';
const labels = 'train-labels-idx1-ubyte.gz';
const blank = (count: number) => new Uint8Array(count * 784);

async function failure(files: Record<string, Uint8Array>, verify = false): Promise<{ code: string; message: string }> {
  const all = { ...twoDigits(), ...files };
  const read = async (name: string) => all[name] as Uint8Array;
  return mnist({ read, verify })
    .split('train')
    .then(
      () => ({ code: 'none', message: 'the split opened' }),
      (error) => ({ code: error.code, message: error.message }),
    );
}

const good = twoDigits()[images] as Uint8Array;
const flipped = Uint8Array.from(good, (byte, index) => (index === good.length - 6 ? byte ^ 1 : byte));

describe('a bad file is a DataError that names it and says what is wrong:', () => {
  const cases: [string, Record<string, Uint8Array>, RegExp][] = [
    ['truncated gzip', { [images]: good.subarray(0, good.length >> 1) }, /train-images.* is corrupt or truncated/],
    ['corrupt gzip', { [images]: flipped }, /train-images.* is corrupt or truncated/],
    [
      'empty file',
      { [labels]: new Uint8Array(0) },
      /train-labels.* is not a gzip file: it holds 0 bytes; expected 1f 8b/,
    ],
    [
      'not gzip',
      { [labels]: new TextEncoder().encode('<html>') },
      /train-labels.* 6 bytes that begin with 3c 68; expected 1f 8b/,
    ],
    [
      'too short',
      { [labels]: gzipSync(Uint8Array.of(0, 0, 8)) },
      /train-labels.* holds 3 bytes; expected a header of 8/,
    ],
    [
      'labels for images',
      { [images]: twoDigits()[labels] as Uint8Array },
      /train-images.* holds 10 bytes; expected a header of 16/,
    ],
    ['images for labels', { [labels]: good }, /train-labels.* magic number 0x00000803; expected 0x00000801/],
    ['floats', { [images]: gzipSync(idx([2, 28, 28], blank(2), 0x0d)) }, /0x00000d03; expected 0x00000803/],
    [
      'missing pixels',
      { [images]: gzipSync(gunzipSync(good).subarray(0, -1)) },
      /holds 1567 values; its header says \[2, 28, 28\], which is 1568/,
    ],
    [
      'extra bytes',
      { [labels]: gzipSync(Buffer.concat([gunzipSync(twoDigits()[labels] as Uint8Array), Buffer.of(1)])) },
      /train-labels.* holds 3 values; its header says \[2\]/,
    ],
    ['other size', { [images]: gzipSync(idx([2, 14, 56], blank(2))) }, /holds images of 14x56 pixels; expected 28x28/],
    ['fewer labels', { [labels]: gzipSync(idx([1], [3])) }, /holds 2 images and train-labels.* 1 labels/],
    ['no digits', { [images]: gzipSync(idx([0, 28, 28], [])), [labels]: gzipSync(idx([0], [])) }, /holds 0 images/],
    [
      'label 10',
      { [labels]: gzipSync(idx([2], [9, 10])) },
      /train-labels.* holds the label 10 at index 1; expected 0 to 9/,
    ],
  ];
  test.each(cases)('%s', async (_, files, message) => {
    const error = await failure(files);
    expect(error.code).toBe('EQUIPOISE_DATA');
    expect(error.message).toMatch(message);
  });

  test('another number of digits than the original has', async () => {
    expect((await failure({}, true)).message).toMatch(/holds 2 digits; expected 60000/);
  });

  test('other digits than the original ones', async () => {
    const files = {
      [images]: gzipSync(sixtyThousandBlanks(), { level: 1 }),
      [labels]: gzipSync(idx([60_000], new Uint8Array(60_000))),
    };
    const error = await failure(files, true);
    expect(error.message).toMatch(/train-(images|labels).* is not the original file: SHA-256 [0-9a-f]{64}, expected/);
  });

  test('a file that cannot be read', async () => {
    const read = async () => Promise.reject(new Error('disk on fire'));
    await expect(mnist({ read }).split('train')).rejects.toThrow(/train-images.* cannot be read: disk on fire/);
    await expect(mnist({ dataDir: '/nowhere' }).split('test')).rejects.toThrow(
      /t10k-images-idx3-ubyte.gz cannot be read from \/nowhere\/t10k-images.*ENOENT/,
    );
  });
});

function sixtyThousandBlanks(): Uint8Array {
  const header = idx([60_000, 28, 28], []);
  const bytes = new Uint8Array(header.length + 60_000 * 784);
  bytes.set(header);
  return bytes;
}

describe('wrong options', () => {
  test('are refused by name', () => {
    // @ts-expect-error there is no such option
    expect(() => mnist({ folder: '/data' })).toThrow(/folder/);
    // @ts-expect-error a path is a string
    expect(() => mnist({ dataDir: 3 })).toThrow(/dataDir/);
    // @ts-expect-error read is a function
    expect(() => mnist({ read: 'file' })).toThrow(/read: Expected a function/);
  });

  test('are refused where two places are given', () => {
    expect(() => mnist({ dataDir: '/data', baseUrl: 'https://example.org' })).toThrow(
      /at most one of dataDir, baseUrl and read/,
    );
  });
});
