import { expect, test } from 'vitest';
import { isQuiet, otherShare, parseProcessorTime, waitForQuiet } from './processor.js';

const stat = (user: number, idle: number, steal = 0) =>
  `cpu  ${user} 10 20 ${idle} 40 5 6 ${steal} 0 0\ncpu0 1 2 3 4 5 6 7 8 0 0\nintr 12\n`;
const self = (utime: number, stime: number, cutime: number, cstime: number) =>
  `4711 (node (a) b) R 1 2 3 4 5 6 7 8 9 10 ${utime} ${stime} ${cutime} ${cstime} 20 0 1 0 999\n`;

test('idle and waiting time is nobody’s; stolen time is that of others; ended children count as own', () => {
  expect(parseProcessorTime(stat(100, 5000, 7), self(11, 12, 13, 14))).toEqual({
    all: 100 + 10 + 20 + 5 + 6 + 7,
    own: 50,
  });
});

test('the share of others is what is neither idle nor own, of all cores', () => {
  const before = parseProcessorTime(stat(1000, 0), self(100, 0, 0, 0));
  const after = parseProcessorTime(stat(1300, 500), self(200, 20, 30, 0));
  expect(otherShare(before, after, 4, 2)).toBe(0.188);
  expect(otherShare(before, after, 4, 1)).toBe(0.375);
});

test('rounding of the kernel’s counters gives neither a negative share nor one above 1', () => {
  expect(otherShare({ all: 100, own: 0 }, { all: 110, own: 12 }, 1, 2)).toBe(0);
  expect(otherShare({ all: 100, own: 0 }, { all: 310, own: 0 }, 1, 2)).toBe(1);
});

test('where the times are not known, neither is the share, nor whether it was quiet', () => {
  expect(otherShare(null, { all: 1, own: 1 }, 1, 2)).toBeNull();
  expect(isQuiet(null)).toBeNull();
});

test('a tenth of the cores is quiet, more is not', () => {
  expect([0, 0.1, 0.101].map(isQuiet)).toEqual([true, true, false]);
});

test('there is no waiting after the deadline', async () => {
  await expect(waitForQuiet(performance.now() - 1)).resolves.toBeUndefined();
});
