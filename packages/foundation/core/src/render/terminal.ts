import type { Report, ReportImageGrid } from '@equipoise/spec';
import { createColors } from 'picocolors';
import { figureTable } from './figure-table.js';
import { withCommonUnit, withUnit } from './format.js';
import { sectionsOf } from './sections.js';
import { terminalTable } from './terminal-table.js';

/** Options of {@link renderTerminal}. */
export interface RenderTerminalOptions {
  /** Characters in a line; default 80. */
  readonly width?: number;
  /** Whether to use colours; default no. */
  readonly color?: boolean;
}

type Colours = ReturnType<typeof createColors>;

const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

function wrap(text: string, width: number): string {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.join('\n');
}

function gridNote({ title, rows }: ReportImageGrid): string {
  const count = rows.reduce((total, { images }) => total + images.length, 0);
  return `${title}: ${count} ${count === 1 ? 'picture' : 'pictures'}, in the HTML report.`;
}

function blocksOf(report: Report, width: number, colours: Colours): string[] {
  const faint = (text: string) => wrap(text, width).split('\n').map(colours.dim).join('\n');
  const block = (title: string, ...parts: readonly (string | undefined)[]) =>
    [colours.bold(wrap(title, width)), ...parts.filter((part) => part !== undefined)].join('\n');
  const note = (text: string | undefined) => (text === undefined ? undefined : faint(text));
  return sectionsOf(report).flatMap((section) => [
    ...(section.title === '' ? [] : [colours.bold(colours.cyan(wrap(`── ${section.title}`, width)))]),
    ...[...section.tables, ...section.circumstances].map((given) => {
      const { table, unit } = withCommonUnit(given);
      return block(withUnit(table.title, unit), terminalTable(table, width, colours.dim), note(table.note));
    }),
    ...section.figures.map((figure) => {
      const numbers = figureTable(figure);
      const shown = numbers === undefined ? undefined : terminalTable(numbers, width, colours.dim);
      return block(figure.title, shown, note(`${figure.note ?? ''} Drawn in the HTML report.`.trim()));
    }),
    ...section.images.map((grid) => faint(gridNote(grid))),
  ]);
}

/** A copy in which no text holds characters that could steer a terminal. */
function withoutControls<T>(value: T): T {
  if (typeof value === 'string') return value.replace(control, '\ufffd') as T;
  if (Array.isArray(value)) return value.map(withoutControls) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, withoutControls(entry)])) as T;
}

/**
 * Shows a report as text: the summary, tables, the numbers of figures where a small table can show them; pictures are
 * counted only.
 *
 * @param report the report
 * @param options width of the terminal and whether to use colours
 */
export function renderTerminal(report: Report, { width = 80, color = false }: RenderTerminalOptions = {}): string {
  const colours = createColors(color);
  const clean = withoutControls({ ...report, data: {} });
  const blocks = [
    colours.bold(wrap(clean.title, width)),
    ...(clean.summary.length === 0 ? [] : [clean.summary.map((sentence) => wrap(sentence, width)).join('\n')]),
    ...blocksOf(clean, width, colours),
  ];
  return `${blocks.join('\n\n')}\n`;
}
