import { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
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
  /** A terminal that keeps what is written to it, without the sequences that steer it. */
  function terminal() {
    let text = '';
    const stream = new Writable({
      write: (chunk: Buffer, _, done) => {
        text += stripVTControlCharacters(chunk.toString());
        done();
      },
    });
    return { stream: Object.assign(stream, { isTTY: true, columns: 120, rows: 30 }), read: () => text };
  }

  function watch() {
    vi.useFakeTimers();
    const { stream, read } = terminal();
    const output = keepingOutput({ interactive: true, screen: stream });
    return { view: progressView(jobs, output), read };
  }

  test('one line tells how far it is, the time left, and what each training is at', () => {
    const { view, read } = watch();
    view.update(begin('fcl'));
    view.update(begin('ce'));
    vi.advanceTimersByTime(1000);
    expect(read()).toMatch(/░{16} 0% estimating, 0\/2 done \| fcl, ce$/m);
    view.update(step('fcl', 50));
    view.update({ type: 'job-progress', job: of('ce'), phase: 'analysis', label: 'balance', done: 3, total: 9 });
    vi.advanceTimersByTime(1000);
    expect(read()).toMatch(/█+░+ \d+% \d+ s left, 0\/2 done \| fcl: training 50\/100, ce: balance 3\/9$/m);
    view.update(end('ce', 'finished'));
    vi.advanceTimersByTime(1000);
    expect(read()).toMatch(/1\/2 done \| fcl: training 50\/100$/m);
    view.stop();
  });

  test('other lines stand above the line that is redrawn, and nothing is drawn after the end', () => {
    const { view, read } = watch();
    view.note('Something to know.');
    vi.advanceTimersByTime(1000);
    expect(read()).toMatch(/Something to know\.\n+░{16} 0%/);
    view.stop();
    const { length } = read();
    vi.advanceTimersByTime(5000);
    expect(read()).toHaveLength(length);
  });
});
