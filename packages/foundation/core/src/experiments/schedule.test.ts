import { expect, test } from 'vitest';
import type { TrainingJob } from './plan-jobs.js';
import { schedule } from './schedule.js';

const job = (id: string, ...needs: string[]): TrainingJob => ({ id, type: 'row', row: id, seed: 1, needs });
const turn = () => new Promise((resolve) => setTimeout(resolve));

test('runs as many jobs side by side as allowed and never more', async () => {
  let running = 0;
  const seen: number[] = [];
  await schedule(
    ['a', 'b', 'c', 'd', 'e'].map((id) => job(id)),
    2,
    async () => {
      seen.push(++running);
      await turn();
      running--;
    },
  );
  expect(Math.max(...seen)).toBe(2);
  expect(seen).toHaveLength(5);
});

test('begins a job only after those that it needs, and lets others pass meanwhile', async () => {
  const order: string[] = [];
  const jobs = [job('first'), job('second', 'first'), job('other'), job('last', 'second', 'other')];
  await schedule(jobs, 2, async ({ id }) => {
    order.push(`+${id}`);
    await turn();
    order.push(`-${id}`);
  });
  expect(order.slice(0, 2)).toEqual(['+first', '+other']);
  expect(order.indexOf('+second')).toBeGreaterThan(order.indexOf('-first'));
  expect(order.indexOf('+last')).toBeGreaterThan(order.indexOf('-second'));
});

test('a job that fails stops those that need it and no others', async () => {
  const jobs = [job('bad'), job('needs-bad', 'bad'), job('needs-that', 'needs-bad'), job('fine')];
  const outcomes = await schedule(jobs, 1, async ({ id }) => {
    if (id === 'bad') throw new Error('bad');
    return id;
  });
  expect([...outcomes.keys()]).toEqual(['bad', 'fine']);
  expect(outcomes.get('fine')).toEqual({ value: 'fine' });
  expect(outcomes.get('bad')).toEqual({ error: new Error('bad') });
});

test('begins nothing after an abort, and waits for what runs', async () => {
  const controller = new AbortController();
  const ended: string[] = [];
  await schedule(
    [job('a'), job('b'), job('c')],
    2,
    async ({ id }) => {
      controller.abort();
      await turn();
      ended.push(id);
    },
    controller.signal,
  );
  expect(ended).toEqual(['a']);
});
