import { EquipoiseError, InvalidOptionsError, StorageError } from '@equipoise/spec';
import { CommanderError } from 'commander';
import { describe, expect, test } from 'vitest';
import { keepingOutput } from '../test/command.js';
import { exitCodeOf, tellFailure, usageError } from './failure.js';

const abort = new DOMException('stop', 'AbortError');

test.each([
  ['wrong use', usageError('no'), 2],
  ['wrong options', new InvalidOptionsError('x', [{ message: 'bad' }]), 2],
  ['an error of the parser', new CommanderError(1, 'commander.unknownOption', 'error: unknown option'), 2],
  ['help that was asked for', new CommanderError(0, 'commander.helpDisplayed', ''), 0],
  ['a storage that fails', new StorageError('full'), 1],
  ['a fault of the program', new TypeError('x is undefined'), 1],
  ['Ctrl-C', abort, 130],
])('%s ends with its exit code', (_, error, code) => {
  expect(exitCodeOf(error)).toBe(code);
});

describe('what is told', () => {
  const told = (error: unknown, json = false) => {
    const output = keepingOutput();
    tellFailure(error, output, json);
    return { out: output.lines, notes: output.notes };
  };

  test('of an error on purpose: message and code, no stack', () => {
    expect(told(new EquipoiseError('EQUIPOISE_X', 'It broke.'))).toEqual({
      out: [],
      notes: ['Error: It broke.\n(EQUIPOISE_X)'],
    });
  });

  test('of a fault: the stack', () => {
    expect(told(new TypeError('x is undefined')).notes[0]).toMatch(
      /probably a fault of the program: TypeError: x is undefined\n +at /,
    );
  });

  test('of an error of the parser: a sentence, with what was meant', () => {
    const error = new CommanderError(
      1,
      'commander.unknownOption',
      "error: unknown option '--ful'\n(Did you mean --full?)",
    );
    expect(told(error).notes).toEqual([
      "Error: Unknown option '--ful'. Did you mean --full? Add --help to see what there is.\n(EQUIPOISE_USAGE)",
    ]);
  });

  test('of help that was shown: nothing', () => {
    expect(told(new CommanderError(1, 'commander.help', '(outputHelp)'))).toEqual({ out: [], notes: [] });
  });

  test.each([
    [
      new EquipoiseError('EQUIPOISE_X', 'It broke.', { details: { given: 3 } }),
      { code: 'EQUIPOISE_X', message: 'It broke.', details: { given: 3 } },
    ],
    [abort, { code: 'EQUIPOISE_INTERRUPTED', message: 'stop' }],
    [new TypeError('oops'), { code: 'EQUIPOISE_UNEXPECTED', message: 'oops' }],
  ])('as JSON: %s', (error, expected) => {
    const { out, notes } = told(error, true);
    expect(out.map((line) => JSON.parse(line) as unknown)).toEqual([{ error: expected }]);
    expect(notes).toEqual([]);
  });
});
