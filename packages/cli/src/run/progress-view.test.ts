import type { ExperimentEvent, Job } from '@equipoise/core';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { keepingOutput } from '../../test/command.js';
import { duration, progressView } from './progress-view.js';

const row = (name: string): Job => ({ id: `row/${name}/seed-1`, type: 'row', row: name, seed: 1, needs: [] });
const jobs: readonly Job[] = [row('fcl'), row('ce'), { id: 'compare', type: 'compare', needs: [] }];
const of = (name: string) => `row/${name}/seed-1`;
const begin = (name: string): ExperimentEvent => ({ type: 'job-start', job: of(name) });
const step = (name: string, done: number): ExperimentEvent => ({
  type: 'job-progress',
  job: of(name),
  phase: 'training',
  label: 'step',
  done,
  total: 100,
});
const end = (name: string, status: 'finished' | 'failed' | 'kept'): ExperimentEvent => ({
  type: 'job-end',
  job: of(name),
  status,
  seconds: 75,
});

afterEach(() => void vi.useRealTimers());

test.each([
  [0.2, '1 s'],
  [59.4, '59 s'],
  [75, '1 min 15 s'],
  [3725, '1 h 2 min'],
])('%d seconds are %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

describe('where nobody watches', () => {
  test('a line each tenth of the way, and one when a training ends', () => {
    const output = keepingOutput();
    const view = progressView(jobs, output);
    for (const event of [begin('fcl'), step('fcl', 10), step('fcl', 60), end('fcl', 'finished'), end('ce', 'failed')])
      view.update(event);
    view.update({ type: 'warning', job: of('ce'), code: 'SLOW', message: 'It is slow.' });
    view.stop();
    expect(output.notes).toEqual([
      expect.stringMatching(/^20 % done: \d+ .* left, 0\/2 done\.$/),
      'row/fcl/seed-1 took 1 min 15 s.',
      expect.stringMatching(/^50 % done: .* 1\/2 done\.$/),
      'row/ce/seed-1 failed.',
      'Warning: It is slow. (row/ce/seed-1, SLOW)',
    ]);
  });
});

describe('where a person watches', () => {
  function watch(width: number) {
    vi.useFakeTimers();
    const drawn: string[] = [];
    const output = keepingOutput({ interactive: true, width, status: (text) => void drawn.push(text) });
    return { view: progressView(jobs, output), drawn, output };
  }

  test('one line tells how far it is, the time left, and what each training is at', () => {
    const { view, drawn } = watch(120);
    view.update(begin('fcl'));
    view.update(begin('ce'));
    vi.advanceTimersByTime(1000);
    expect(drawn.at(-1)).toMatch(/^░{16} 0% estimating, 0\/2 done \| fcl, ce$/);
    view.update(step('fcl', 50));
    view.update({ type: 'job-progress', job: of('ce'), phase: 'analysis', label: 'balance', done: 3, total: 9 });
    vi.advanceTimersByTime(1000);
    expect(drawn.at(-1)).toMatch(/^█+░+ \d+% \d+ s left, 0\/2 done \| fcl: training 50\/100, ce: balance 3\/9$/);
    view.update(end('ce', 'finished'));
    vi.advanceTimersByTime(1000);
    expect(drawn.at(-1)).toMatch(/1\/2 done \| fcl: training 50\/100$/);
    view.stop();
  });

  test('never draws more than fits in a line', () => {
    const { view, drawn } = watch(50);
    for (const event of [begin('fcl'), begin('ce'), step('fcl', 50), step('ce', 50)]) view.update(event);
    vi.advanceTimersByTime(2000);
    view.stop();
    expect(Math.max(...drawn.map((line) => line.length))).toBeLessThan(50);
    expect(drawn.some((line) => line.endsWith('…'))).toBe(true);
  });

  test('other lines stand above the line that is redrawn, which goes away at the end', () => {
    const { view, drawn, output } = watch(80);
    view.note('Something to know.');
    expect(output.notes).toEqual(['Something to know.']);
    expect(drawn.slice(-2)).toEqual(['', expect.stringMatching(/^░{16} 0%/)]);
    view.stop();
    expect(drawn.at(-1)).toBe('');
    const { length } = drawn;
    vi.advanceTimersByTime(5000);
    expect(drawn).toHaveLength(length);
  });
});
