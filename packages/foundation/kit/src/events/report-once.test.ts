import type { RunEvent } from '@equipoise/spec';
import { expect, test } from 'vitest';
import { reportOnce } from './report-once.js';

test('a warning is passed on once for each code, progress never', () => {
  const heard: RunEvent[] = [];
  const report = reportOnce((event) => heard.push(event));
  const warning = (code: string, message: string): RunEvent => ({ type: 'warning', code, message });
  report(warning('A', 'first'));
  report({ type: 'progress', label: 'steps', done: 1, total: 2 });
  report(warning('B', 'other'));
  report(warning('A', 'again'));
  expect(heard).toEqual([warning('A', 'first'), warning('B', 'other')]);
});
