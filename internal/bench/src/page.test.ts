import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Line } from './compare.js';
import { renderPage } from './page.js';
import { linesTable } from './table.js';

const template = readFileSync(new URL('../performance.template.md', import.meta.url), 'utf8');
const common = { backend: 'wasm', min: 1, max: 2, n: 30, other_cpu: 0, runs: 3, quiet: true } as const;
const peers = { version: '2.15.0', faster: 'tuned', plain: { median: 45.67 }, tuned: { median: 32.12 } };
const lines: readonly Line[] = [
  {
    ...common,
    workload: 'cnn-train',
    unit: 'ms/step',
    median: 1234.5,
    peer: 32.12,
    ratio: 38.4,
    quiet: false,
    details: { peers },
  },
  {
    ...{
      ...common,
      workload: 'conv',
      case: '3x3, 16 channels, dx',
      unit: 'GFLOP/s',
      median: 20.04,
      peer: 100,
      ratio: 5,
    },
    details: { of_forward: 0.85, peers },
  },
];

test('the page holds every number, marks those of a busy machine, and leaves nothing to fill in', () => {
  const page = renderPage(template, lines, new Date('2031-02-03T04:05:06Z'), 'a processor, 2 cores');
  expect(page).toContain('Measured on 2031-02-03: a processor, 2 cores; PyTorch 2.15.0.');
  expect(page).toMatch(/\| `cnn-train` +\| wasm +\| ms\/step +\| ~1235 +\| 45.7 +\| 32.1 +\| \*\*~38.4\*\* +\|/);
  expect(page).toMatch(/\| 3x3, 16 channels, dx +\| wasm +\| 20 +\| 0.85 +\| 45.7 +\| 32.1 +\| \*\*5\*\* +\|/);
  expect(page).not.toMatch(/\{\{|undefined|NaN/);
});

test('the table in the terminal shows the peer and the ratio only where there are some', () => {
  expect(linesTable(lines)).toMatch(/cnn-train +\| wasm +\| ms\/step +\| ~1235 +\| 1–2 +\| 32.1 +\| ~38.4/);
  const alone: Line = { ...common, workload: 'cnn-train', unit: 'ms/step', median: 1234.5, details: {} };
  expect(linesTable([alone])).not.toMatch(/PyTorch|ratio/);
});
