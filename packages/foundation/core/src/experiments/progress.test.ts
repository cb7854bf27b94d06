import { describe, expect, test } from 'vitest';
import type { Job } from './plan-jobs.js';
import { createProgress } from './progress.js';

const row = (id: string): Job => ({ id, type: 'row', row: id, seed: 1, needs: [] });
const jobs: Job[] = [row('a'), row('b'), { id: 'compare', type: 'compare', needs: ['a', 'b'] }];
const training = (job: string, done: number) =>
  ({ type: 'job-progress', job, phase: 'training', label: 'training', done, total: 10 }) as const;
const end = (job: string, status: 'finished' | 'kept') => ({ type: 'job-end', job, status, seconds: 1 }) as const;

describe('progress', () => {
  test('knows nothing before the first step', () => {
    expect(createProgress(jobs).read()).toEqual({ fraction: 0, secondsLeft: undefined, jobsDone: 0, jobs: 2 });
  });

  test('counts finished jobs and expects the rest to take as long', () => {
    let time = 100;
    const progress = createProgress(jobs, () => time);
    progress.update(training('a', 0));
    progress.update(training('a', 10));
    progress.update(end('a', 'finished'));
    time = 130;
    expect(progress.read()).toEqual({ fraction: 0.5, secondsLeft: 30, jobsDone: 1, jobs: 2 });
  });

  test('does not take work of an earlier run for speed', () => {
    let time = 0;
    const progress = createProgress(jobs, () => time);
    progress.update(end('a', 'kept'));
    progress.update(training('b', 5));
    time = 10;
    expect(progress.read().secondsLeft).toBeUndefined();
    progress.update(training('b', 10));
    expect(progress.read().secondsLeft).toBeCloseTo((10 * 0.15) / 0.425, 10);
  });

  test('never goes back, and ends at one', () => {
    const progress = createProgress(jobs);
    const seen = [training('a', 4), training('a', 2), end('a', 'finished'), end('b', 'finished')].map((event) => {
      progress.update(event);
      return progress.read().fraction;
    });
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(1);
  });
});
