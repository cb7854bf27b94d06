import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { cifar10 } from '../src/index.js';
import { decodeSample } from '../src/sample.js';

describe('the sample in the package', () => {
  const sample = cifar10({ sample: true });
  const bytes = (split: string) => readFileSync(new URL(`../data/cifar-10-sample-${split}.gz`, import.meta.url));

  test('has 40 training and 15 test images of each class, the classes in turn', async () => {
    for (const [name, perClass] of [
      ['train', 40],
      ['test', 15],
    ] as const) {
      const { labels } = await sample.split(name);
      expect(Array.from(labels)).toEqual(Array.from({ length: 10 * perClass }, (_, index) => index % 10));
    }
    expect(sample.info.provenance).toEqual({ sample: true });
  });

  test('decodes to the records that it was made of', async () => {
    const digest = async (split: string) =>
      createHash('md5')
        .update(await decodeSample(split, bytes(split)))
        .digest('hex');
    expect([await digest('train'), await digest('test')]).toEqual([
      'd6001e51bf8443417ebb1d9c96a58905',
      '66cb61678bcd0394e01a4dfdbdf5dc7d',
    ]);
  });

  test('gives dog against cat as a binary task', async () => {
    const dogOrCat = cifar10({ sample: true, classes: ['dog', 'cat'] });
    expect((await dogOrCat.split('train')).size).toBe(80);
    const testing = await dogOrCat.split('test');
    const dogs = Array.from(testing.labels.keys()).filter((index) => testing.labels[index] === 0);
    const all = await sample.split('test');
    const { x } = await all.examples(Array.from({ length: 15 }, (_, k) => 10 * k + 5));
    expect((await testing.examples(dogs)).x).toEqual(x);
  });

  test('is small', () => {
    expect(bytes('train').length + bytes('test').length).toBeLessThan(1e6);
  });

  test('says so if it is corrupt', async () => {
    await expect(decodeSample('half.gz', bytes('test').subarray(0, 999))).rejects.toMatchObject({
      code: 'EQUIPOISE_DATA',
      message: expect.stringMatching(/^half.gz is corrupt/),
    });
  });
});
