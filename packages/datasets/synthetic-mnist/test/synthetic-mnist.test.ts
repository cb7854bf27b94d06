import { createHash } from 'node:crypto';
import { mnist } from '@equipoise/dataset-mnist';
import { expectClose } from '@equipoise/internal-testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cornerBoxes, plugin, syntheticMnist } from '../src/index.js';
import { slowImage } from './slow-synthetic-mnist.js';
import { toyDigits } from './toy-digits.js';

const range = (count: number) => Array.from({ length: count }, (_, index) => index);
const digits = mnist();

describe('on real digits', () => {
  const data = syntheticMnist({ digits, seed: 7 });

  test('images, labels and fields are those of the definition', async () => {
    const split = await data.split('test');
    const indices = [0, 1, 2, 3, 17, 4242, 9999];
    const { x, labels, fields } = await split.examples(indices);
    for (const [row, index] of indices.entries()) {
      const slow = await slowImage(digits, 'test', index, { seed: 7 });
      // Both sum in float64; only the last rounding to float32 (half a unit in the last place of 1: 6e-8) differs.
      expectClose(x.subarray(row * 784, (row + 1) * 784), slow.x, { rtol: 0, atol: 6e-8 });
      expect(labels[row]).toBe(slow.label);
      expect([fields?.centre?.[row], fields?.corner?.[row], fields?.place?.[row]]).toEqual([
        slow.centre,
        slow.corner,
        slow.place,
      ]);
    }
  });

  test('do not change from version to version', async () => {
    const train = await syntheticMnist({ digits, count: { train: 12_000 } }).split('train');
    const { x, labels } = await train.examples(range(64));
    const bytes = Uint8Array.from(x, (value) => Math.round(value * 255));
    expect(createHash('sha256').update(bytes).update(labels).digest('hex')).toBe(
      '31f7ac5c72c591282a0aac2449ac706fca813a8b129e43b75ba94d86d1e55463',
    );
  });

  test('the corner digit is there as often as asked for, evenly over places and digits', async () => {
    for (const cornerProbability of [0.05, 0.5]) {
      const split = await syntheticMnist({ digits, cornerProbability }).split('test');
      const { place, corner } = (await split.examples(range(split.size))).fields as Record<string, Int32Array>;
      const present = (place as Int32Array).filter((one) => one >= 0);
      // Within four standard deviations of a binomial distribution; the seed is fixed.
      const within = (count: number, trials: number, p: number) =>
        expect(Math.abs(count - trials * p)).toBeLessThan(4 * Math.sqrt(trials * p * (1 - p)));
      within(present.length, split.size, cornerProbability);
      for (const one of range(4)) within(present.filter((value) => value === one).length, present.length, 0.25);
      const digitCounts = range(10).map((digit) => (corner as Int32Array).filter((value) => value === digit).length);
      const source = await digits.split('test');
      digitCounts.forEach((count, digit) =>
        within(count, present.length, source.labels.filter((label) => label === digit).length / source.size),
      );
    }
  });

  test('a count draws that many images of the digits, in ascending order and each once', async () => {
    const small = await syntheticMnist({ digits, count: { train: 500 } }).split('train');
    const large = await syntheticMnist({ digits, count: { train: 1000 } }).split('train');
    expect([small.size, large.size]).toEqual([500, 1000]);
    const keys = async (split: typeof small) => {
      const { x } = await split.examples(range(split.size));
      return range(split.size).map((row) => Buffer.from(x.slice(row * 784, (row + 1) * 784).buffer).toString('base64'));
    };
    const [few, many] = [await keys(small), await keys(large)];
    expect(new Set(few).size).toBe(500);
    let position = -1;
    for (const key of few) {
      const next = many.indexOf(key);
      expect(next).toBeGreaterThan(position);
      position = next;
    }
  });
});

describe('on any digits', () => {
  const toy = toyDigits();

  test('an image depends on its index alone, not on batch and order', async () => {
    const split = await syntheticMnist({ digits: toy }).split('train');
    const all = await split.examples(range(60));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(59), { minLength: 1, maxLength: 12 }), async (indices) => {
        const fresh = await syntheticMnist({ digits: toyDigits() }).split('train');
        const some = await fresh.examples(indices);
        indices.forEach((index, row) => {
          expect(some.x.subarray(row * 784, (row + 1) * 784)).toEqual(all.x.subarray(index * 784, (index + 1) * 784));
          expect(some.labels[row]).toBe(all.labels[index]);
          expect(some.fields?.box?.slice(row * 4, row * 4 + 4)).toEqual(
            all.fields?.box?.slice(index * 4, index * 4 + 4),
          );
        });
      }),
      { seed: 1, numRuns: 20 },
    );
  });

  test('another seed gives other images', async () => {
    const images = async (seed: number) =>
      (await (await syntheticMnist({ digits: toy, seed }).split('train')).examples(range(60))).x;
    expect(await images(1)).toEqual(await images(1));
    expect(await images(1)).not.toEqual(await images(2));
  });

  test('the centre digit decides the label, and the corner digit only for 0 to 4', async () => {
    const split = await syntheticMnist({ digits: toy }).split('train');
    const { labels, fields } = await split.examples(range(60));
    expect(labels).toEqual(split.labels);
    labels.forEach((label, row) => {
      const [centre, corner] = [fields?.centre?.[row] as number, fields?.corner?.[row] as number];
      expect(centre).toBe(row % 10);
      expect(label).toBe(corner >= 0 && centre < 5 ? centre + 10 : centre);
    });
    expect(new Set(labels).size).toBe(15);
  });

  test('paired splits hold the same images with and without the corner digit that was drawn for them', async () => {
    const data = syntheticMnist({ digits: toy, cornerProbability: 0.3 });
    const names = ['test', 'test-with-corner', 'test-without-corner'];
    const splits = await Promise.all(names.map((name) => data.split(name)));
    const [drawn, withCorner, without] = await Promise.all(splits.map((split) => split.examples(range(40))));
    const plain = await (await toy.split('test')).examples(range(40));
    expect(without?.x).toEqual(plain.x);
    expect(without?.labels).toEqual(plain.labels);
    expect(without?.fields?.corner).toEqual(new Int32Array(40).fill(-1));
    expect(without?.fields?.box).toEqual(new Int32Array(160));
    expect(withCorner?.labels).toEqual(plain.labels.map((label) => (label < 5 ? label + 10 : label)));
    expect(withCorner?.fields?.centre).toEqual(without?.fields?.centre);
    range(40).forEach((row) => {
      const partner = (drawn?.fields?.place?.[row] as number) >= 0 ? withCorner : without;
      expect(drawn?.x.subarray(row * 784, (row + 1) * 784)).toEqual(partner?.x.subarray(row * 784, (row + 1) * 784));
      expect(drawn?.labels[row]).toBe(partner?.labels[row]);
    });
  });

  test('only the box changes', async () => {
    const data = syntheticMnist({ digits: toy, composition: 'replace', cornerSize: 5, margin: 2 });
    const boxes = cornerBoxes({ cornerSize: 5, margin: 2 });
    const withCorner = await (await data.split('train-with-corner')).examples(range(60));
    const without = await (await data.split('train-without-corner')).examples(range(60));
    range(60).forEach((row) => {
      const place = withCorner.fields?.place?.[row] as number;
      const [top, left, height, width] = withCorner.fields?.box?.slice(row * 4, row * 4 + 4) ?? [];
      expect({ top, left, height, width }).toEqual(boxes[place]);
      range(784).forEach((pixel) => {
        const [r, c] = [Math.floor(pixel / 28) - (top as number), (pixel % 28) - (left as number)];
        const inside = r >= 0 && r < 5 && c >= 0 && c < 5;
        const changed = withCorner.x[row * 784 + pixel] !== without.x[row * 784 + pixel];
        if (!inside) expect(changed).toBe(false);
      });
    });
    expect(new Set(withCorner.fields?.place)).toEqual(new Set([0, 1, 2, 3]));
  });

  test('a rarer corner digit is the same one where it is still there', async () => {
    const open = async (cornerProbability: number) =>
      (await (await syntheticMnist({ digits: toy, cornerProbability }).split('train')).examples(range(60))).fields;
    const [rare, common] = [await open(0.2), await open(0.7)];
    const stillThere = range(60).filter((row) => (rare?.place?.[row] as number) >= 0);
    expect(stillThere.length).toBeGreaterThan(3);
    stillThere.forEach((row) => {
      expect(common?.place?.[row]).toBe(rare?.place?.[row]);
      expect(common?.corner?.[row]).toBe(rare?.corner?.[row]);
    });
  });

  test('corners are drawn from the list, corner digits from the split that is named', async () => {
    const one = toyDigits({}, () => 3);
    const mixed = { ...toy, split: (name: string) => (name === 'train' ? one.split(name) : toy.split(name)) };
    const data = syntheticMnist({ digits: mixed, corners: ['bottom-left'], cornerDigitFrom: 'train' });
    const { fields } = await (await data.split('test-with-corner')).examples(range(40));
    expect(new Set(fields?.place)).toEqual(new Set([2]));
    expect(new Set(fields?.corner)).toEqual(new Set([3]));
  });

  test('contrast and composition act on the corner digit', async () => {
    const open = async (options: object) =>
      (await (await syntheticMnist({ digits: toy, ...options }).split('test-with-corner')).examples(range(40))).x;
    const below = (await (await toy.split('test')).examples(range(40))).x;
    const [replaced, faint] = [
      await open({ composition: 'replace' }),
      await open({ composition: 'replace', contrast: 0.5 }),
    ];
    const [brightest, sum] = [await open({}), await open({ composition: 'add' })];
    let inside = 0;
    replaced.forEach((above, pixel) => {
      const under = below[pixel] as number;
      if (above === under) return;
      inside += 1;
      expect(faint[pixel]).toBe(Math.fround(above * 0.5));
      expect(brightest[pixel]).toBe(Math.max(above, under));
      expect(sum[pixel]).toBe(Math.fround(Math.min(1, above + under)));
    });
    expect(inside).toBe(40 * 81);
  });

  test('say how they were made', () => {
    const { info } = syntheticMnist({ digits: toy, seed: 3 });
    expect(info.classes).toHaveLength(15);
    expect(info.splits).toEqual([
      ...['train', 'train-with-corner', 'train-without-corner'],
      ...['test', 'test-with-corner', 'test-without-corner'],
    ]);
    expect(info.provenance).toMatchObject({
      operation: 'synthetic-mnist',
      seed: 3,
      cornerSize: 9,
      of: { name: 'toy' },
    });
    expect(JSON.parse(JSON.stringify(info.provenance))).toEqual(info.provenance);
    expect(plugin.components.map(({ name }) => name)).toEqual(['synthetic-mnist']);
  });
});
