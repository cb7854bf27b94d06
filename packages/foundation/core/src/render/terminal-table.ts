import type { ReportTable } from '@equipoise/spec';
import CliTable from 'cli-table3';
import { formatCell, isNumericColumn, withUnit } from './format.js';

const gap = 2;

/** Text wraps to less than this only where nothing else helps. */
const readableText = 24;

const noBorders = Object.fromEntries(
  ['top', 'bottom', 'left', 'right'].flatMap((side) =>
    [side, `${side}-mid`, `${side}-left`, `${side}-right`].map((name) => [name, '']),
  ),
);

const chars = { ...noBorders, middle: ' '.repeat(gap), mid: '─', 'mid-mid': '─'.repeat(gap) };

interface Column {
  readonly heading: string;
  readonly cells: readonly string[];
  readonly numeric: boolean;
}

const longestWord = (text: string) => Math.max(0, ...text.split(/\s+/).map((word) => word.length));

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

function leastWidth({ heading, cells, numeric }: Column): number {
  const least = (cell: string) =>
    numeric ? cell.length : Math.max(longestWord(cell), Math.min(cell.length, readableText));
  return Math.max(1, longestWord(heading), ...cells.map(least));
}

/** Widths with which columns fit into a line: headings and text wrap at blanks, widest first; `undefined` if they do not. */
function fitColumns(columns: readonly Column[], width: number): number[] | undefined {
  const widths = columns.map(({ heading, cells }) => Math.max(1, ...[heading, ...cells].map((text) => text.length)));
  const least = columns.map(leastWidth);
  const room = width - gap * (columns.length - 1);
  while (sum(widths) > room) {
    const slack = widths.map((value, index) => value - (least[index] ?? value));
    const index = slack.indexOf(Math.max(...slack));
    if ((slack[index] ?? 0) <= 0) return undefined;
    widths[index] = (widths[index] ?? 0) - 1;
  }
  return widths;
}

function drawColumns(columns: readonly Column[], widths: number[], emphasise: (text: string) => string): string {
  const align = columns.map(({ numeric }) => (numeric ? 'right' : 'left'));
  const table = new CliTable({
    chars,
    colWidths: widths,
    colAligns: align,
    wordWrap: true,
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
    head: columns.map(({ heading }, index) => ({ content: heading, vAlign: 'bottom', hAlign: align[index] })) as never,
  });
  table.push(...(columns[0]?.cells ?? []).map((_, row) => columns.map(({ cells }) => cells[row] ?? '')));
  const lines = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
  const rule = lines.findIndex((line) => /^─+$/.test(line));
  return lines.map((line, index) => (index <= rule ? emphasise(line) : line)).join('\n');
}

/** One block a row, a line a cell, for terminals that are too narrow for any table. */
function drawRecords(columns: readonly Column[]): string {
  const widest = Math.max(0, ...columns.map(({ heading }) => heading.length));
  const rows = (columns[0]?.cells ?? []).map((_, row) =>
    columns.map(({ heading, cells }) => `${heading.padEnd(widest)}  ${cells[row] ?? ''}`).join('\n'),
  );
  return rows.join('\n\n');
}

/** Tables below one another, each with the first column and as many of the others as fit. */
function drawPieces(columns: readonly Column[], width: number, emphasise: (text: string) => string): string {
  const [first, ...others] = columns;
  if (first === undefined) return '';
  for (let count = others.length; count > 0 || others.length === 0; count -= 1) {
    const piece = [first, ...others.slice(0, count)];
    const widths = fitColumns(piece, width);
    if (widths === undefined && others.length === 0) break;
    if (widths === undefined) continue;
    const drawn = drawColumns(piece, widths, emphasise);
    const rest = others.slice(count);
    return rest.length === 0 ? drawn : `${drawn}\n\n${drawPieces([first, ...rest], width, emphasise)}`;
  }
  return drawRecords(columns);
}

/**
 * A table as text, without its title and note; one that is too wide is cut into several.
 *
 * @param table the table
 * @param width characters in a line
 * @param emphasise marks the headings
 */
export function terminalTable(table: ReportTable, width: number, emphasise: (text: string) => string): string {
  const columns = table.columns.map((column) => ({
    heading: withUnit(column.label, column.unit),
    cells: table.rows.map((row) => formatCell(row[column.key], column.digits)),
    numeric: isNumericColumn(table, column.key),
  }));
  return drawPieces(columns, width, emphasise);
}
