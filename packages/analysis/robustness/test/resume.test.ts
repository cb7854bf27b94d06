import { createRng } from '@equipoise/kit';
import { createMemoryStorage, createPartialStorage } from '@equipoise/core';
import type { PartialStorage, Report, RunContext } from '@equipoise/spec';
import { activateBackend } from '@equipoise/internal-testing';
import { beforeAll, expect, test } from 'vitest';
import { robustness } from '../src/index.js';
import { type Call, subjectOf, towards } from './line.js';

const points = [0.1, 0.25, 0.4, 0.55, 0.7, 0.95];
const keep = (): PartialStorage => createPartialStorage(createMemoryStorage(), 'row/a/seed-1/robustness');
const analysis = (calls: Call[] = []) =>
  robustness({ attacks: { one: towards(0.2, calls), two: towards(undefined, calls) }, eps: [0.1, 0.2], batchSize: 2 });
const reproducible = (report: Report) => ({ ...report, circumstances: undefined });

function run(calls: Call[], storage?: PartialStorage, stopAt = Infinity, seed = 1): Promise<Report> {
  const controller = new AbortController();
  const context: RunContext = {
    rng: createRng(seed),
    signal: controller.signal,
    report: (event) => {
      if (event.type === 'progress' && event.done === stopAt) controller.abort(new Error('enough'));
    },
    ...(storage === undefined ? {} : { storage }),
  };
  return analysis(calls).doAnalyze(subjectOf(points), context);
}

beforeAll(() => activateBackend('cpu'));

test('an interrupted evaluation goes on to the same report without doing anything twice', async () => {
  const [whole, before, after] = [[], [], []] as [Call[], Call[], Call[]];
  const expected = await run(whole);
  for (const stopAt of [1, 3, 6]) {
    const storage = keep();
    before.length = after.length = 0;
    await expect(run(before, storage, stopAt)).rejects.toThrow('enough');
    const report = await run(after, storage);
    expect(reproducible(report)).toEqual(reproducible(expected));
    expect(JSON.stringify(report.data)).toBe(JSON.stringify(expected.data));
    expect([...before, ...after]).toEqual(whole);
    expect(before.length).toBeGreaterThan(0);
  }
});

test('an attack that throws loses only its own batch', async () => {
  const storage = keep();
  const calls: Call[] = [];
  const failing = towards(0.2, calls);
  const subject = subjectOf(points);
  const context = { rng: createRng(1), report: () => undefined, storage };
  let fails = true;
  const doPerturb: typeof failing.doPerturb = (problem, given) => {
    if (fails && problem.sampleIndices[0] === 4) throw new Error('out of memory');
    return failing.doPerturb(problem, given);
  };
  const options = { attacks: { failing: { ...failing, doPerturb } }, batchSize: 2, checks: false } as const;
  await expect(robustness(options).doAnalyze(subject, context)).rejects.toThrow('out of memory');
  fails = false;
  await robustness(options).doAnalyze(subject, context);
  expect(calls.map(({ samples }) => samples)).toEqual([
    [0, 1],
    [2, 3],
    [4, 5],
  ]);
});

test('a finished evaluation runs no attack when it is asked for again', async () => {
  const storage = keep();
  const first = await run([], storage);
  const calls: Call[] = [];
  expect(await run(calls, storage)).toEqual(first);
  expect(calls).toEqual([]);
});

test('parts of another seed or of other radii are not used', async () => {
  const storage = keep();
  const whole: Call[] = [];
  await run(whole, storage);
  const calls: Call[] = [];
  await run(calls, storage, Infinity, 2);
  expect(calls).toEqual(whole);
});
