import type { Report } from '@equipoise/spec';
import { describe, expect, test } from 'vitest';
import { figureTable } from './figure-table.js';
import { formatCell, isNumericColumn } from './format.js';
import { mergeReports } from './merge-reports.js';
import { sectionsOf } from './sections.js';
import { renderTerminal } from './terminal.js';
import { validateReport } from './validate-report.js';

const table = { title: 'Rates', columns: [{ key: 'a', label: 'a' }], rows: [{ a: 1 }] };
const reportOf = (title: string): Report => ({
  reportVersion: 1,
  title,
  summary: [`About ${title}.`],
  tables: [table],
  figures: [],
  images: [],
  data: { from: title },
});

describe('merging', () => {
  test('makes a section of each report, in order', () => {
    const merged = mergeReports('All', [reportOf('Balance'), reportOf('Sensitivity')]);
    expect(merged.summary).toEqual(['About Balance.', 'About Sensitivity.']);
    expect(merged.data).toEqual({ Balance: { from: 'Balance' }, Sensitivity: { from: 'Sensitivity' } });
    expect(sectionsOf(merged)).toEqual([
      { title: 'Balance', figures: [], tables: [table], images: [], circumstances: [] },
      { title: 'Sensitivity', figures: [], tables: [table], images: [], circumstances: [] },
    ]);
  });

  test('shows tables about the run last, and only where there are any', () => {
    const timed = { ...reportOf('Balance'), circumstances: [{ ...table, title: 'Times' }] };
    const merged = mergeReports('All', [timed, reportOf('Sensitivity')]);
    expect(merged.circumstances?.map(({ title }) => title)).toEqual(['Balance › Times']);
    expect(sectionsOf(validateReport(merged))[0]?.circumstances).toMatchObject([{ title: 'Times' }]);
    const text = renderTerminal(merged);
    expect(text.indexOf('Times')).toBeGreaterThan(text.indexOf('Rates'));
    expect('circumstances' in mergeReports('All', [reportOf('Balance')])).toBe(false);
  });

  test('keeps reports of the same title apart', () => {
    const merged = mergeReports('All', [reportOf('Balance'), reportOf('Balance')]);
    expect(Object.keys(merged.data)).toEqual(['Balance', 'Balance (2)']);
    expect(merged.tables.map(({ title }) => title)).toEqual(['Balance › Rates', 'Balance (2) › Rates']);
  });
});

describe('validating', () => {
  test('a report that went through JSON is the same, with null for numbers that are not finite', () => {
    const report = { ...reportOf('A'), tables: [{ ...table, rows: [{ a: NaN }, { a: 2 }] }] };
    const read = validateReport(JSON.parse(JSON.stringify(report)));
    expect(read.tables[0]?.rows).toEqual([{ a: null }, { a: 2 }]);
  });

  test('another version is refused by number', () => {
    expect(() => validateReport({ ...reportOf('A'), reportVersion: 2 })).toThrow(
      /reportVersion 2; understood: 1\..*update @equipoise\/core/,
    );
  });

  test.each([null, 'text', [], {}, { ...reportOf('A'), tables: 3 }])('%j is refused', (value) => {
    expect(() => validateReport(value)).toThrow(/This is not a report/);
  });
});

describe('cells', () => {
  test.each([
    [0.123456, undefined, '0.1235'],
    [1234567, undefined, '1234567'],
    [-0.04, 1, '0.0'],
    [2, 2, '2.00'],
    [NaN, 2, '–'],
    [-Infinity, undefined, '–'],
    [null, 1, '–'],
    [true, undefined, 'yes'],
    ['82.2 ± 0.4', 1, '82.2 ± 0.4'],
  ])('%s with %s digits is %s', (cell, digits, text) => {
    expect(formatCell(cell, digits)).toBe(text);
  });

  test.each([
    [['82.2 ± 0.4', '81.0 ± 1.1'], true],
    [['[0.1, 0.4]', null], false],
    [['-3.2 [−4.0, −2.4]'], true],
    [[1, 2], true],
    [['5 classes'], false],
    [[true], false],
  ])('a column of %j is aligned like numbers: %s', (cells, numeric) => {
    const columns = ['name', 'x'].map((key) => ({ key, label: key }));
    expect(isNumericColumn({ title: '', columns, rows: cells.map((x) => ({ name: 'a', x })) }, 'x')).toBe(numeric);
  });
});

describe('the numbers of a figure', () => {
  const points = [
    { row: 'CE', sigma: 0, mean: 95, low: 94, high: 96 },
    { row: 'CE', sigma: 0.1, mean: 90.5, low: 89, high: 91 },
    { row: 'FCL', sigma: 0, mean: 96, low: 95, high: 97 },
  ];
  const x = { field: 'sigma', type: 'quantitative' };
  const color = { field: 'row', type: 'nominal' };
  const band = {
    mark: 'area',
    encoding: { x, y: { field: 'low', type: 'quantitative' }, y2: { field: 'high' }, color },
  };
  const line = { mark: 'line', encoding: { x, y: { field: 'mean', type: 'quantitative' }, color } };

  test('are those of the curve, not of the band around it', () => {
    const found = figureTable({ title: 'F', spec: { data: { values: points }, layer: [band, line] } });
    expect(found?.columns.map(({ label }) => label)).toEqual(['mean by sigma', '0', '0.1']);
    expect(found?.rows).toEqual([
      { series: 'CE', 'at 0': 95, 'at 0.1': 90.5 },
      { series: 'FCL', 'at 0': 96 },
    ]);
  });

  test.each([
    ['computed', { data: { values: points }, transform: [{ filter: 'true' }], ...line }],
    ['aggregated', { data: { values: points }, mark: 'bar', encoding: { x, y: { aggregate: 'mean', field: 'mean' } } }],
    ['several at one place', { data: { values: [...points, ...points] }, ...line }],
    ['missing', { mark: 'line', encoding: line.encoding }],
  ])('are not shown if they are %s', (_, spec) => {
    expect(figureTable({ title: 'F', spec })).toBeUndefined();
  });
});
