import { expect, test } from 'vitest';
import { labelWords, mix } from './hash.js';

const SEED = 0x12345678;
const unsigned = (words: readonly number[]) => words.map((word) => word >>> 0);

test.each([
  [
    [1, 2, 3, 4],
    [3023293386, 2772885801, 1485410025, 2732357620],
  ],
  [
    [1, 2, 3, 4, 0xdeadbeef, 0x80000000, 7, 0xffffffff],
    [491894372, 1270873369, 160658185, 2801805025],
  ],
])('whole blocks %j mix as MurmurHash3 x86_128 does (reference: Python package mmh3)', (words, expected) => {
  expect(unsigned(mix([SEED, SEED, SEED, SEED], words))).toEqual(expected);
});

test('labels that differ have words that differ, also after padding with zeros', () => {
  const labels = [0, 1, -1, 2 ** 32, 1.5, '', '\0', '\0\0', 'a', 'a\0', 'ab', 'ba', '1', '\u{1f600}'];
  const padded = labels.map((label) => [...labelWords(label), 0, 0, 0].slice(0, 6).join());
  expect(new Set(padded).size).toBe(labels.length);
});
