import { EquipoiseError } from '@equipoise/spec';
import { describe, expect, test } from 'vitest';
import { createRng } from './create-rng.js';

/** Upper 99.9 % points of chi-square, from tables: a right generator stays below with fixed seeds. */
const CHI_SQUARE_999 = { 9: 27.88, 15: 37.7, 255: 330.5 } as const;

function chiSquare(counts: readonly number[], expected: number): number {
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

function mean(values: ArrayLike<number>, power = 1): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += (values[index] as number) ** power;
  return sum / values.length;
}

describe('determinism', () => {
  test('the numbers of a seed are frozen', () => {
    const rng = createRng(42);
    expect([rng.uint32(), rng.uint32(), rng.uint32()]).toEqual([46206960, 3617407072, 2493319243]);
    expect([rng.uniform(), rng.integer(10)]).toEqual([0.1902808875311166, 2]);
    expect(Math.fround(rng.normal())).toBe(Math.fround(0.6294377881487719));
    expect([...rng.uniforms(3)]).toEqual([0.26470130681991577, 0.5080099105834961, 0.8220171928405762]);
    expect([...rng.normals(3)]).toEqual([-0.5880492925643921, 1.0380383729934692, 1.5187811851501465]);
    expect([...rng.permutation(8)]).toEqual([6, 4, 1, 0, 7, 3, 5, 2]);
    expect(rng.fork('noise').fork(17).uint32()).toBe(4067318100);
    expect(createRng('forty-two').uint32()).toBe(4133827662);
  });

  test('the same seed gives the same numbers, another seed others', () => {
    expect(createRng(7).normals(20)).toEqual(createRng(7).normals(20));
    expect(createRng(7).normals(20)).not.toEqual(createRng(8).normals(20));
  });

  test('many at a time are the same as one at a time', () => {
    const single = createRng(3);
    const several = createRng(3);
    const expected = Float32Array.from({ length: 7 }, () => single.normal());
    expect(several.normals(7)).toEqual(expected);
    expect(several.normal()).toBe(single.normal());
  });
});

describe('forks', () => {
  test('do not consume numbers and do not depend on what was drawn', () => {
    const untouched = createRng(1);
    const used = createRng(1);
    const first = untouched.fork('noise').uint32();
    used.fork('other');
    used.normals(5);
    expect(used.fork('noise').uint32()).toBe(first);
    expect(untouched.uint32()).toBe(createRng(1).uint32());
  });

  test('differ by label, by type of label and by path', () => {
    const root = createRng(1);
    const streams = [
      root,
      root.fork(1),
      root.fork('1'),
      root.fork(''),
      root.fork('\0'),
      root.fork('a').fork('b'),
      root.fork('b').fork('a'),
      root.fork('ab'),
      root.fork('abc'),
      root.fork(-1),
      root.fork(1.5),
      root.fork(2 ** 40),
      createRng('1'),
    ];
    expect(new Set(streams.map((stream) => stream.uint32())).size).toBe(streams.length);
  });

  test('zero and minus zero are one label', () => {
    expect(createRng(1).fork(-0).uint32()).toBe(createRng(1).fork(0).uint32());
  });

  test('of neighbouring indices are independent: no correlation, uniform first numbers', () => {
    const root = createRng(5);
    const count = 40_000;
    const values = Array.from({ length: count }, (_, index) => root.fork(index).normal());
    const lagged = mean(values.slice(1).map((value, index) => value * (values[index] as number)));
    expect(Math.abs(lagged) * Math.sqrt(count)).toBeLessThan(3.3);
    const counts = new Array<number>(256).fill(0);
    for (let index = 0; index < count; index++) counts[root.fork(index).fork('x').uint32() >>> 24]! += 1;
    expect(chiSquare(counts, count / 256)).toBeLessThan(CHI_SQUARE_999[255]);
  });

  test('of many indices never coincide', () => {
    const root = createRng('streams');
    const firsts = new Set<string>();
    for (let index = 0; index < 20_000; index++) {
      const stream = root.fork(index);
      firsts.add(`${stream.uint32()} ${stream.uint32()}`);
    }
    expect(firsts.size).toBe(20_000);
  });
});

describe('distributions', () => {
  test('normals have the moments and the tails of N(0, 1)', () => {
    const count = 200_000;
    const values = createRng(11).normals(count);
    const deviations = 3.5 / Math.sqrt(count);
    expect(Math.abs(mean(values))).toBeLessThan(deviations);
    expect(Math.abs(mean(values, 2) - 1)).toBeLessThan(deviations * Math.sqrt(2));
    expect(Math.abs(mean(values, 3))).toBeLessThan(deviations * Math.sqrt(15));
    expect(Math.abs(mean(values, 4) - 3)).toBeLessThan(deviations * Math.sqrt(96));
    const beyond = values.filter((value) => Math.abs(value) > 1.959964).length / count;
    expect(Math.abs(beyond - 0.05)).toBeLessThan(3.5 * Math.sqrt((0.05 * 0.95) / count));
  });

  test('uniforms fill every part of their range and keep inside', () => {
    const values = createRng(12).uniforms(64_000, -2, 3);
    const counts = new Array<number>(16).fill(0);
    for (const value of values) counts[Math.floor(((value + 2) / 5) * 16)]! += 1;
    expect(counts).toHaveLength(16);
    expect(chiSquare(counts, 4000)).toBeLessThan(CHI_SQUARE_999[15]);
  });

  test('uniforms never reach the upper end, even where float32 is coarse', () => {
    const values = createRng(13).uniforms(20_000, 1, 1 + 2 ** -22);
    expect(Math.max(...values)).toBeLessThan(1 + 2 ** -22);
    expect(Math.min(...values)).toBe(1);
  });

  test('integers are uniform below bounds that are no powers of two', () => {
    const rng = createRng(14);
    const counts = new Array<number>(10).fill(0);
    for (let draw = 0; draw < 50_000; draw++) counts[rng.integer(10)]! += 1;
    expect(chiSquare(counts, 5000)).toBeLessThan(CHI_SQUARE_999[9]);
  });

  test('integers just above two thirds of 2^32 have no modulo bias', () => {
    const rng = createRng(15);
    const bound = 3 * 2 ** 30;
    let low = 0;
    for (let draw = 0; draw < 20_000; draw++) if (rng.integer(bound) < bound / 2) low += 1;
    expect(Math.abs(low - 10_000)).toBeLessThan(3.5 * Math.sqrt(5000));
  });

  test('every order of four is equally likely, and each is a permutation', () => {
    const rng = createRng(16);
    const counts = new Map<string, number>();
    for (let draw = 0; draw < 24_000; draw++) {
      const order = rng.permutation(4).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    expect(chiSquare([...counts.values()], 1000)).toBeLessThan(49.7);
    expect([...createRng(1).permutation(100)].sort((a, b) => a - b)).toEqual([...new Array(100).keys()]);
    expect(createRng(1).permutation(0)).toHaveLength(0);
  });
});

describe('bad input', () => {
  test.each([NaN, Infinity, undefined, null, {}])('a seed or label %s is refused by name', (bad) => {
    const invalid = (error: unknown) => EquipoiseError.isInstance(error, 'EQUIPOISE_INVALID_OPTIONS');
    expect(() => createRng(bad as number)).toThrow(expect.toSatisfy(invalid));
    expect(() => createRng(1).fork(bad as number)).toThrow(/label: expected a finite number or a string/);
  });

  test.each([0, -1, 1.5, 2 ** 32 + 1, NaN])('a bound %s is refused', (bound) => {
    expect(() => createRng(1).integer(bound)).toThrow(/bound: expected a whole number/);
  });

  test('a range that ends before it begins is refused', () => {
    expect(() => createRng(1).uniforms(3, 1, 0)).toThrow(/high: expected at least low \(1\), got 0/);
  });
});
