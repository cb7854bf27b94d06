import { describe, expect, test } from 'vitest';
import type { Split } from '@equipoise/spec';
import { cifar10, cifar100 } from '../src/index.js';

const [folder10, folder100] = [process.env['EQUIPOISE_TEST_CIFAR_10'], process.env['EQUIPOISE_TEST_CIFAR_100']];

/** Mean of each channel over some thousand images. */
async function channelMeans(split: Split, count: number) {
  const sums = [0, 0, 0];
  for (let begin = 0; begin < count; begin += 2000) {
    const { x } = await split.examples(Array.from({ length: 2000 }, (_, index) => begin + index));
    for (let i = 0; i < x.length; i++) sums[i % 3] = (sums[i % 3] as number) + (x[i] as number);
  }
  return sums.map((sum) => sum / (count * 1024));
}

describe.skipIf(!folder10)('CIFAR-10 in the folder EQUIPOISE_TEST_CIFAR_10 (skipped if it is not set)', () => {
  const full = cifar10({ dataDir: folder10 ?? '.' });

  test('has 1,000 test images of each class', async () => {
    const { size, labels } = await full.split('test');
    expect(size).toBe(10_000);
    for (let label = 0; label < 10; label++) expect(labels.filter((one) => one === label)).toHaveLength(1000);
  });

  test('has the known means of the channels', async () => {
    const train = await full.split('train');
    expect(train.size % 10_000).toBe(0);
    const means = await channelMeans(train, 10_000);
    // Over all 50,000 images. An image's mean has a deviation of about 0.15, so that of 10,000 images has one of 0.0015.
    for (const [channel, mean] of [0.4914, 0.4822, 0.4465].entries()) {
      expect(Math.abs((means[channel] as number) - mean)).toBeLessThan(4 * 0.0015);
    }
  });
});

describe.skipIf(!folder100)('CIFAR-100 in the folder EQUIPOISE_TEST_CIFAR_100 (skipped if it is not set)', () => {
  test('has 500 training images of each of 100 classes, five classes a superclass', async () => {
    const train = await cifar100({ dataDir: folder100 ?? '.' }).split('train');
    const { fields } = await train.examples(
      Array.from({ length: train.size }, (_, index) => index).filter((i) => i % 25 === 0),
    );
    const pairs = new Set(
      Array.from(fields?.['fine'] ?? [], (fine, index) => `${fine} in ${fields?.['coarse']?.[index]}`),
    );
    expect(pairs.size).toBe(100);
    for (let label = 0; label < 100; label++) expect(train.labels.filter((one) => one === label)).toHaveLength(500);
  });
});
