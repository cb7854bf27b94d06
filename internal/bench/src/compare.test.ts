import { expect, test } from 'vitest';
import { compare, timeRatio } from './compare.js';
import type { Unit } from './measure.js';
import type { Combined } from './rounds.js';

const combined = (unit: Unit, median: number, quiet: boolean | null = true, name?: string): Combined => ({
  workload: 'w',
  backend: 'b',
  unit,
  median,
  min: median,
  max: median,
  n: 1,
  other_cpu: 0,
  quiet,
  runs: 1,
  ...(name === undefined ? {} : { case: name }),
  details: { batch: 4, version: '2.0' },
});

test('the ratio is above 1 when we are slower, for times and for speeds', () => {
  expect(timeRatio('ms/step', 300, 30)).toBe(10);
  expect(timeRatio('GFLOP/s', 20, 200)).toBe(10);
  expect(timeRatio('ms total', 500, 1250)).toBe(0.4);
  expect(timeRatio('GFLOP/s', 250, 100)).toBe(0.4);
});

test('the peer is the faster of the two, both of which stay in the details', () => {
  const times = { plain: [combined('ms/step', 40)], tuned: [combined('ms/step', 32)] };
  const line = compare(combined('ms/step', 320), times);
  expect(line).toMatchObject({ median: 320, peer: 32, ratio: 10, quiet: true });
  expect(line.details).toMatchObject({
    batch: 4,
    peers: { faster: 'tuned', version: '2.0', plain: { median: 40 }, tuned: { median: 32 } },
  });
  const speeds = { plain: [combined('GFLOP/s', 200)], tuned: [combined('GFLOP/s', 180)] };
  expect(compare(combined('GFLOP/s', 25), speeds)).toMatchObject({ peer: 200, ratio: 8 });
});

test('cases are compared with their own', () => {
  const peers = {
    plain: [combined('ms/step', 1, true, 'x'), combined('ms/step', 2, true, 'y')],
    tuned: [combined('ms/step', 3, true, 'x'), combined('ms/step', 4, true, 'y')],
  };
  expect(compare(combined('ms/step', 6, true, 'y'), peers)).toMatchObject({ peer: 2, ratio: 3 });
  expect(compare(combined('ms/step', 6, true, 'z'), peers)).not.toHaveProperty('ratio');
});

test('a line is quiet if all that it is made of was', () => {
  const quietOf = (ours: boolean | null, tuned: boolean | null) =>
    compare(combined('ms/step', 1, ours), { plain: [combined('ms/step', 1)], tuned: [combined('ms/step', 1, tuned)] })
      .quiet;
  expect([quietOf(true, true), quietOf(true, false), quietOf(false, null), quietOf(null, true)]).toEqual([
    true,
    false,
    false,
    null,
  ]);
});
