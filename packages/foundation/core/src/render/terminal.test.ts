import type { Report } from '@equipoise/spec';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderTerminal } from './terminal.js';

const values = ['CE', 'FCL'].flatMap((row, index) =>
  [0, 0.1, 0.2].map((sigma) => ({ row, sigma, accuracy: 97.5 - (80 - 30 * index) * sigma })),
);

const report: Report = {
  reportVersion: 1,
  title: 'Balance of sensitivity and robustness',
  summary: ['Highest mean balance over σ ≤ 0.3: FCL with 82.2 ± 0.4 %.', 'Balance is the mean of flip and stay.'],
  tables: [
    {
      title: 'Balance',
      columns: [
        { key: 'row', label: 'training' },
        { key: 'mean', label: 'mean σ ≤ 0.3', unit: '%', digits: 1 },
        { key: 'interval', label: '±', unit: '%', digits: 1 },
        { key: 'seeds', label: 'seeds' },
      ],
      rows: [
        { row: 'FCL', mean: 82.24, interval: 0.4, seeds: 3 },
        { row: 'cross-entropy with Gaussian noise', mean: -0.04, interval: null, seeds: 1 },
      ],
      note: 'Means over seeds; ± is one standard deviation.',
    },
  ],
  figures: [
    {
      title: 'Accuracy over noise',
      spec: {
        data: { values },
        mark: 'line',
        encoding: {
          x: { field: 'sigma', type: 'quantitative', title: 'σ' },
          y: { field: 'accuracy', type: 'quantitative', title: 'accuracy (%)' },
          color: { field: 'row', type: 'nominal' },
        },
      },
    },
  ],
  images: [{ title: 'Maps', rows: [{ images: [{ width: 1, height: 1, channels: 1, data: [0] }] }] }],
  data: {},
};

test('a report as text', () => {
  expect(renderTerminal(report, { width: 60 })).toMatchInlineSnapshot(`
    "Balance of sensitivity and robustness

    Highest mean balance over σ ≤ 0.3: FCL with 82.2 ± 0.4 %.
    Balance is the mean of flip and stay.

    Balance
                                      mean σ ≤ 0.3
    training                                   (%)  ± (%)  seeds
    ────────────────────────────────────────────────────────────
    FCL                                       82.2    0.4      3
    cross-entropy with Gaussian                0.0      –      1
    noise
    Means over seeds; ± is one standard deviation.

    Accuracy over noise
    accuracy (%) by σ     0   0.1   0.2
    ───────────────────────────────────
    CE                 97.5  89.5  81.5
    FCL                97.5  92.5  87.5
    Drawn in the HTML report.

    Maps: 1 picture, in the HTML report.
    "
  `);
});

test('no line is longer than the terminal, and no number is lost', () => {
  fc.assert(
    fc.property(fc.integer({ min: 36, max: 140 }), (width) => {
      const text = renderTerminal(report, { width });
      for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(width);
      for (const number of ['82.2', '0.4', '97.5', '81.5', '87.5', '0.0']) expect(text).toContain(number);
    }),
    { seed: 5, numRuns: 60 },
  );
});

test('colours appear only when asked for', () => {
  expect(renderTerminal(report)).not.toContain('\u001b');
  expect(renderTerminal(report, { color: true })).toContain('\u001b[1mBalance\u001b[22m');
});

test('text cannot steer the terminal', () => {
  const text = renderTerminal({ ...report, title: 'a\u001b[2Jb\u009bc', summary: ['x\u0007y'], tables: [] });
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
});
