import { EquipoiseError } from '@equipoise/spec';
import { CommanderError } from 'commander';
import type { Output } from './output.js';

/** What the process ends with. */
export const exitCodes = Object.freeze({
  /** Everything worked. */
  success: 0,
  /** Something went wrong while it ran: training diverged, a disk is full, a check failed. */
  failure: 1,
  /** The command, its options or its files are wrong; nothing was started. */
  usage: 2,
  /** Interrupted; the run can be resumed. */
  interrupted: 130,
});

const usageCodes = new Set([
  'EQUIPOISE_INVALID_OPTIONS',
  'EQUIPOISE_NO_SUCH_COMPONENT',
  'EQUIPOISE_UNSUPPORTED_SPEC_VERSION',
  'EQUIPOISE_PLUGIN_NOT_FOUND',
  'EQUIPOISE_INVALID_PLUGIN',
  'EQUIPOISE_DUPLICATE_COMPONENT',
  'EQUIPOISE_UNSUPPORTED',
  'EQUIPOISE_USAGE',
]);

/** A mistake in how the command was called. */
export function usageError(message: string, details: Readonly<Record<string, unknown>> = {}): EquipoiseError {
  return new EquipoiseError('EQUIPOISE_USAGE', message, { details });
}

/** Whether an error means that the user asked to stop. */
export function isInterruption(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/** The exit code that belongs to an error. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.success : exitCodes.usage;
  if (isInterruption(error)) return exitCodes.interrupted;
  return EquipoiseError.isInstance(error) && usageCodes.has(error.code) ? exitCodes.usage : exitCodes.failure;
}

/** What the parser of the command line throws when it has shown the help or the version: nothing is left to say. */
const shown = new Set(['commander.help', 'commander.helpDisplayed', 'commander.version']);

/** An error of the parser in this command's words. */
function parserError({ message }: CommanderError): EquipoiseError {
  const [first = '', ...hints] = message.replace(/^error: /, '').split('\n');
  const sentence = `${first.charAt(0).toUpperCase()}${first.slice(1)}`.replace(/[^.?!]$/, '$&.');
  const hint = hints.map((line) => line.replace(/^\((.*)\)$/, ' $1')).join('');
  return usageError(`${sentence}${hint} Add --help to see what there is.`);
}

/**
 * Tells an error: one message with its code for those that Equipoise throws on purpose, the stack for those that it does not
 * (a fault of a program, not of its user), JSON if asked for.
 */
export function tellFailure(thrown: unknown, output: Output, json: boolean): void {
  if (thrown instanceof CommanderError && shown.has(thrown.code)) return;
  const error = thrown instanceof CommanderError ? parserError(thrown) : thrown;
  const known = EquipoiseError.isInstance(error);
  const message = error instanceof Error ? error.message : String(error);
  if (json) {
    const code = known ? error.code : isInterruption(error) ? 'EQUIPOISE_INTERRUPTED' : 'EQUIPOISE_UNEXPECTED';
    output.out(JSON.stringify({ error: { code, message, ...(known ? { details: error.details } : {}) } }));
  } else if (known) {
    output.note(`Error: ${message}\n(${error.code})`);
  } else if (isInterruption(error)) {
    output.note('Interrupted.');
  } else {
    output.note(
      `Unexpected error, probably a fault of the program: ${error instanceof Error ? (error.stack ?? message) : message}`,
    );
  }
}
