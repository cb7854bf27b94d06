import { Help } from 'commander';
import pc from 'picocolors';

/** Where a command writes: results to `out`, everything else to `note`. */
export interface Output {
  /** A line of the result. */
  out(text: string): void;
  /** A line beside the result: progress, warnings, hints. */
  note(text: string): void;
  /** Where a line that is redrawn goes, where a person watches. */
  readonly screen: NodeJS.WritableStream;
  /** Characters in a line. */
  readonly width: number;
  /** Whether the terminal shows colours. */
  readonly color: boolean;
  /** Whether a person watches, so that a line may be redrawn. */
  readonly interactive: boolean;
}

/** The terminal of this process. */
export function terminalOutput(): Output {
  const width = process.stdout.columns ?? process.stderr.columns ?? 100;
  return {
    out: (text) => void process.stdout.write(`${text}\n`),
    note: (text) => void process.stderr.write(`${text}\n`),
    screen: process.stderr,
    width: Math.max(60, Math.min(width, 160)),
    color: pc.isColorSupported && process.stdout.isTTY === true,
    interactive: process.stderr.isTTY === true,
  };
}

/** A word or two, and what there is to say about it; every line of that is wrapped. */
export type Item = readonly [term: string, text: string];

/** Items below each other, their texts side by side with them. */
export function itemList(items: readonly Item[], width: number): string {
  const help = new Help();
  help.prepareContext({ helpWidth: Math.min(width, 120) });
  const termWidth = Math.min(Math.max(...items.map(([term]) => term.length)), 28);
  return items.map(([term, text]) => help.formatItem(term, termWidth, text, help).trimEnd()).join('\n');
}

/** Breaks lines between words. */
export function wrap(text: string, width: number): string {
  return new Help().boxWrap(text, Math.min(width, 120));
}

/** Indents every line. */
export function indent(text: string, by = 2): string {
  return text.replace(/^/gm, ' '.repeat(by));
}
