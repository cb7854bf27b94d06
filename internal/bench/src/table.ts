import type { Line } from './compare.js';
import { toDigits } from './statistics.js';

/** A Markdown table whose columns are as wide as their longest cell, so that it also reads well as it stands. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(3, title.length, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** Every line in short; `~` marks numbers during which other processes used more than a tenth of the cores. */
export function linesTable(lines: readonly Line[]): string {
  const hasPeers = lines.some(({ peer }) => peer !== undefined);
  const head = ['workload', 'backend', 'unit', 'median', 'min–max', ...(hasPeers ? ['PyTorch', 'ratio'] : [])];
  const rows = lines.map((line) => [
    line.case === undefined ? line.workload : `${line.workload} ${line.case}`,
    line.backend,
    line.unit,
    `${mark(line)}${shown(line.median)}`,
    `${shown(line.min)}–${shown(line.max)}`,
    ...(hasPeers
      ? [line.peer === undefined ? '' : shown(line.peer), line.ratio === undefined ? '' : mark(line) + line.ratio]
      : []),
  ]);
  return table(head, rows);
}

/** What stands before a number that was measured on a busy machine. */
export function mark({ quiet }: Pick<Line, 'quiet'>): string {
  return quiet === false ? '~' : '';
}

/** A number to three digits, without an exponent. */
export function shown(value: number): string {
  return value >= 1000 ? String(Math.round(value)) : String(toDigits(value, 3));
}
