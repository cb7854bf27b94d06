import type { ReportTable } from '@equipoise/spec';
import CliTable from 'cli-table3';
import { columnHeading, formatCell, isNumericColumn } from './format.js';

const gap = 2;

const noBorders = Object.fromEntries(
  ['top', 'bottom', 'left', 'right'].flatMap((side) =>
    [side, `${side}-mid`, `${side}-left`, `${side}-right`].map((name) => [name, '']),
  ),
);

const chars = { ...noBorders, middle: ' '.repeat(gap), mid: '─', 'mid-mid': '─'.repeat(gap) };

const longestWord = (text: string) => Math.max(0, ...text.split(/\s+/).map((word) => word.length));

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** Widths of columns that fit into `width`: headings and text wrap at blanks, widest first; `undefined` if that is not enough. */
function fitColumns(
  columns: readonly (readonly string[])[],
  numeric: readonly boolean[],
  width: number,
): number[] | undefined {
  const natural = columns.map((cells) => Math.max(1, ...cells.map((cell) => cell.length)));
  const least = columns.map(([head = '', ...cells], index) =>
    Math.max(1, longestWord(head), ...cells.map((cell) => (numeric[index] ? cell.length : longestWord(cell)))),
  );
  const widths = [...natural];
  const room = width - gap * (columns.length - 1);
  while (sum(widths) > room) {
    const slack = widths.map((value, index) => value - (least[index] ?? value));
    const index = slack.indexOf(Math.max(...slack));
    if ((slack[index] ?? 0) <= 0) return undefined;
    widths[index] = (widths[index] ?? 0) - 1;
  }
  return widths;
}

/** One block a row, a line a cell, for terminals that are too narrow for the table. */
function asRecords(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widest = Math.max(0, ...headings.map((heading) => heading.length));
  const record = (cells: readonly string[]) =>
    cells.map((cell, index) => `${(headings[index] ?? '').padEnd(widest)}  ${cell}`);
  return rows.map((cells) => record(cells).join('\n')).join('\n\n');
}

/**
 * A table as text, without its title and note.
 *
 * @param table the table
 * @param width characters in a line
 * @param emphasise marks the headings
 */
export function terminalTable(table: ReportTable, width: number, emphasise: (text: string) => string): string {
  const headings = table.columns.map(columnHeading);
  const rows = table.rows.map((row) => table.columns.map(({ key, digits }) => formatCell(row[key], digits)));
  const numeric = table.columns.map(({ key }) => isNumericColumn(table, key));
  const widths = fitColumns(
    headings.map((heading, index) => [heading, ...rows.map((row) => row[index] ?? '')]),
    numeric,
    width,
  );
  if (widths === undefined) return asRecords(headings, rows);
  const drawn = new CliTable({
    chars,
    colWidths: widths,
    colAligns: numeric.map((right) => (right ? 'right' : 'left')),
    wordWrap: true,
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
    head: headings.map((text, index) => ({
      content: text,
      vAlign: 'bottom',
      hAlign: numeric[index] ? 'right' : 'left',
    })) as never,
  });
  drawn.push(...rows);
  const lines = drawn
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
  const rule = lines.findIndex((line) => /^─+$/.test(line));
  return lines.map((line, index) => (index < rule ? emphasise(line) : line)).join('\n');
}
