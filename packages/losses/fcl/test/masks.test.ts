import { createRng } from '@equipoise/kit';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { batchMasks } from '../src/masks/batch-masks.js';
import { markHighest, markLowest } from '../src/masks/selection.js';
import { oracleRegion } from '../src/masks/oracle.js';
import type { MaskSettings } from '../src/options.js';

const settings: MaskSettings = { masks: 'utility', fraction: 0.25, lowRule: 'rest', oracle: undefined };

function referenceMask(scores: readonly number[], count: number): number[] {
  const order = scores.map((_, index) => index).sort((a, b) => scores[b]! - scores[a]! || a - b);
  const chosen = new Set(order.slice(0, count));
  return scores.map((_, index) => (chosen.has(index) ? 1 : 0));
}

describe('selection', () => {
  test('marks what a stable sort would, ties to the lowest index, for any scores and count', () => {
    const scores = fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(scores, fc.nat(45), (values, count) => {
        const mask = new Float32Array(values.length);
        markHighest(Float32Array.from(values), count, mask);
        expect([...mask]).toEqual(referenceMask(values, count));
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  test('marks the lowest scores, ties to the lowest index', () => {
    const mask = new Float32Array(5);
    markLowest(Float32Array.of(3, 1, 2, 1, 1), 2, mask);
    expect([...mask]).toEqual([0, 1, 0, 1, 0]);
  });

  test('a NaN is chosen last', () => {
    const mask = new Float32Array(4);
    markHighest(Float32Array.of(NaN, -5, NaN, -7), 2, mask);
    expect([...mask]).toEqual([0, 1, 0, 1]);
  });
});

describe('masks', () => {
  const rng = createRng(3);
  const shape = [4, 4, 1];
  const utility = createRng(5).uniforms(3 * 16);
  const labels = [0, 1, 2];
  const sampleIndices = [10, 11, 12];
  const batch = { utility, labels, shape, rng, sampleIndices };
  const sum = (values: Float32Array) => values.reduce((total, value) => total + value, 0);

  test('rest: L is the complement of H, which has k of the entries', () => {
    const { high, low } = batchMasks(batch, settings);
    expect(sum(high)).toBe(3 * 4);
    expect([...low]).toEqual([...high].map((value) => 1 - value));
  });

  test.each(['random', 'bottom'] as const)('%s: L has k entries, none of them in H', (lowRule) => {
    const { high, low } = batchMasks(batch, { ...settings, lowRule });
    for (let index = 0; index < 3; index++) expect(sum(low.slice(index * 16, (index + 1) * 16))).toBe(4);
    expect(high.some((value, index) => value === 1 && low[index] === 1)).toBe(false);
  });

  test('bottom-half: L has the lower half of the entries', () => {
    const { low } = batchMasks(batch, { ...settings, lowRule: 'bottom-half' });
    expect(sum(low)).toBe(3 * 8);
    const first = [...utility.slice(0, 16)];
    const median = [...first].sort((a, b) => a - b)[7]!;
    expect([...low.slice(0, 16)]).toEqual(first.map((value) => (value <= median ? 1 : 0)));
  });

  test('random k of the rest is limited to the rest', () => {
    const { high, low } = batchMasks(batch, { ...settings, fraction: 0.75, lowRule: 'random' });
    expect([...low]).toEqual([...high].map((value) => 1 - value));
  });

  test('random masks have k entries, differ between samples, and depend on the index alone', () => {
    const random = { ...settings, masks: 'random' } as const;
    const whole = batchMasks({ labels, shape, rng, sampleIndices }, random);
    expect(sum(whole.high)).toBe(3 * 4);
    expect([...whole.high.slice(0, 16)]).not.toEqual([...whole.high.slice(16, 32)]);
    const alone = batchMasks({ labels: [1], shape, rng, sampleIndices: [11] }, random);
    expect([...alone.high]).toEqual([...whole.high.slice(16, 32)]);
  });

  test('random masks are unbiased: every entry is chosen about k of the time', () => {
    const indices = Array.from({ length: 2000 }, (_, index) => index);
    const many = { labels: indices.map(() => 0), shape, rng, sampleIndices: indices };
    const { high } = batchMasks(many, { ...settings, masks: 'random' });
    for (let entry = 0; entry < 16; entry++) {
      const count = indices.filter((index) => high[index * 16 + entry] === 1).length;
      expect(Math.abs(count / 2000 - 0.25)).toBeLessThan(5 * Math.sqrt((0.25 * 0.75) / 2000));
    }
  });

  test('all: both masks are one everywhere, under every rule', () => {
    for (const lowRule of ['rest', 'random', 'bottom', 'bottom-half'] as const) {
      const { high, low } = batchMasks(batch, { ...settings, masks: 'all', lowRule });
      expect(sum(high)).toBe(48);
      expect(sum(low)).toBe(48);
    }
  });

  const oracle = {
    boxes: [
      { top: 0, left: 0, height: 1, width: 2 },
      { top: 2, left: 2, height: 2, width: 2 },
    ],
    inside: [0, 2],
    whole: true,
  };
  const inside = [1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1];

  test('oracle: the whole H is inside the boxes for the labels that are named and outside for the others', () => {
    const { high, low } = batchMasks(batch, { ...settings, masks: 'oracle', oracle });
    const outside = inside.map((value) => 1 - value);
    expect([...high]).toEqual([...inside, ...outside, ...inside]);
    expect([...low]).toEqual([...outside, ...inside, ...outside]);
  });

  test('oracle: H is k entries in the region, all of it where it is smaller', () => {
    const drawn = { ...oracle, whole: false };
    const { high, low } = batchMasks(batch, { ...settings, masks: 'oracle', oracle: drawn });
    const region = [...inside, ...inside.map((value) => 1 - value), ...inside];
    expect(high.every((value, index) => value <= region[index]!)).toBe(true);
    expect([0, 1, 2].map((sample) => sum(high.subarray(16 * sample, 16 * sample + 16)))).toEqual([4, 4, 4]);
    expect([...low]).toEqual([...high].map((value) => 1 - value));
    const large = batchMasks(batch, { ...settings, fraction: 0.75, masks: 'oracle', oracle: drawn });
    expect(sum(large.high.subarray(0, 16))).toBe(6);
  });

  test('oracle: every channel of a pixel is in the box', () => {
    expect([
      ...oracleRegion([2, 2, 3], 0, { boxes: [{ top: 1, left: 0, height: 1, width: 1 }], inside: [0], whole: false }),
    ]).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0]);
  });

  test('oracle with rule bottom takes k entries outside of H', () => {
    const { high, low } = batchMasks(batch, { ...settings, masks: 'oracle', lowRule: 'bottom', oracle });
    expect(sum(low)).toBe(3 * 4);
    expect(high.some((value, index) => value === 1 && low[index] === 1)).toBe(false);
  });

  test('a box that reaches outside of the image is refused, and named', () => {
    const boxes = [{ top: 3, left: 0, height: 2, width: 1 }];
    expect(() => oracleRegion([4, 4, 1], 0, { boxes, inside: [], whole: false })).toThrow(/oracle\.boxes\.0.*4 x 4/);
  });

  test('oracle masks need images', () => {
    expect(() => oracleRegion([16], 0, oracle)).toThrow(/images/);
  });
});
