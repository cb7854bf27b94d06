import pc from 'picocolors';
import Table from 'cli-table3';

/** Where a command writes: results to `out`, everything else to `note`. */
export interface Output {
  /** A line of the result. */
  out(text: string): void;
  /** A line beside the result: progress, warnings, hints. */
  note(text: string): void;
  /** Characters in a line. */
  readonly width: number;
  /** Whether the terminal shows colours. */
  readonly color: boolean;
  /** Whether a person watches, so that a line may be redrawn. */
  readonly interactive: boolean;
}

/** The terminal of this process. */
export function terminalOutput(): Output {
  return {
    out: (text) => void process.stdout.write(`${text}\n`),
    note: (text) => void process.stderr.write(`${text}\n`),
    width: Math.max(60, Math.min(process.stdout.columns ?? 100, 160)),
    color: pc.isColorSupported && process.stdout.isTTY === true,
    interactive: process.stderr.isTTY === true,
  };
}

/** Rows of words in columns, without lines around them. */
export function columns(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const table = new Table({
    head: [...head],
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    chars: Object.fromEntries(
      [
        'top',
        'top-mid',
        'top-left',
        'top-right',
        'bottom',
        'bottom-mid',
        'bottom-left',
        'bottom-right',
        'left',
        'left-mid',
        'mid',
        'mid-mid',
        'right',
        'right-mid',
        'middle',
      ].map((name) => [name, '']),
    ),
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Indents every line. */
export function indent(text: string, by = 2): string {
  return text.replace(/^/gm, ' '.repeat(by));
}
