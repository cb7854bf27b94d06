import { expect, test } from 'vitest';
import type { Measurement } from './measure.js';
import { collectRounds, combineRuns, type Contender } from './rounds.js';

const measurement = (median: number, other_cpu: number | null, name?: string): Measurement => ({
  workload: 'w',
  backend: 'b',
  unit: 'ms/step',
  median,
  min: median - 1,
  max: median + 1,
  n: 5,
  other_cpu,
  details: { speed: median * 2, label: `run of ${median}` },
  ...(name === undefined ? {} : { case: name }),
});

/** Contenders that are measured with these shares of other processes, in order; each run takes a second. */
function race(shares: Readonly<Record<string, readonly (number | null)[]>>) {
  let time = 0;
  const order: string[] = [];
  const contenders: Contender[] = Object.entries(shares).map(([name, all]) => {
    const left = [...all];
    const run = () => {
      time += 1000;
      order.push(name);
      return Promise.resolve([measurement(10, left.length > 1 ? left.shift()! : left[0]!)]);
    };
    return { name, run };
  });
  const options = { rounds: 2, limitSeconds: 100, waitForQuiet: () => Promise.resolve(), now: () => time };
  return { contenders, order, options };
}

test('contenders run in turn until each has enough quiet runs; who has enough rests', async () => {
  const { contenders, order, options } = race({ a: [0], b: [0.5, 0, 0.11, 0] });
  const found = await collectRounds(contenders, options);
  expect(order.join('')).toBe('ababbb');
  expect(found.get('b')).toHaveLength(4);
});

test('every number of a run must have been quiet often enough', async () => {
  const runs = [
    [measurement(1, 0, 'x'), measurement(1, 0.9, 'y')],
    [measurement(1, 0, 'x'), measurement(1, 0, 'y')],
  ];
  const contender = { name: 'a', run: () => Promise.resolve(runs.shift()!) };
  const { options } = race({});
  await collectRounds([contender], { ...options, rounds: 1 });
  expect(runs).toHaveLength(0);
});

test('there is one round even when the time is up, and no second', async () => {
  const { contenders, order, options } = race({ a: [0.9], b: [0.9] });
  await collectRounds(contenders, { ...options, limitSeconds: 0 });
  expect(order.join('')).toBe('ab');
});

test('where nothing is known of other processes the runs count', async () => {
  const { contenders, order, options } = race({ a: [null] });
  const found = await collectRounds(contenders, options);
  expect(order.join('')).toBe('aa');
  expect(combineRuns(found.get('a')!)).toMatchObject([{ quiet: null, other_cpu: null, runs: 2 }]);
});

test('runs on a busy machine are left out if there are quiet ones', () => {
  const runs = [measurement(10, 0.05), measurement(90, 0.5), measurement(12, 0.1), measurement(20, 0)];
  expect(combineRuns(runs)).toEqual([
    {
      ...measurement(12, 0.1),
      min: 9,
      max: 21,
      n: 15,
      quiet: true,
      runs: 3,
      details: { speed: 24, label: 'run of 10' },
    },
  ]);
});

test('without a quiet run all are used, and the number says so; cases are kept apart', () => {
  const runs = [measurement(10, 0.5, 'x'), measurement(3, 0, 'y'), measurement(30, 0.2, 'x')];
  expect(combineRuns(runs)).toMatchObject([
    { case: 'x', median: 20, quiet: false, runs: 2, other_cpu: 0.5 },
    { case: 'y', median: 3, quiet: true, runs: 1, other_cpu: 0 },
  ]);
});
