import { describe, expect, test } from 'vitest';
import {
  DataError,
  DuplicateComponentError,
  EquipoiseError,
  InvalidOptionsError,
  InvalidPluginError,
  NoSuchComponentError,
  NumericalError,
  ShapeError,
  StorageError,
  UnsupportedError,
  UnsupportedSpecVersionError,
} from '../src/index.js';

/** Every error class once: the error, its stable code, and what its message must say. */
const table: [error: EquipoiseError, code: string, says: RegExp][] = [
  [
    new InvalidOptionsError('loss "fcl"', [{ message: 'Expected a number', path: ['views', { key: 0 }] }]),
    'EQUIPOISE_INVALID_OPTIONS',
    /loss "fcl".*\n.*views\.0: Expected a number/,
  ],
  [
    new NoSuchComponentError('loss', 'fcll', ['fcl', 'cross-entropy'], 'fcl'),
    'EQUIPOISE_NO_SUCH_COMPONENT',
    /"fcll".*mean "fcl".*"fcl", "cross-entropy"/,
  ],
  [new NoSuchComponentError('loss', 'x', []), 'EQUIPOISE_NO_SUCH_COMPONENT', /Available: none/],
  [new DuplicateComponentError('loss', 'fcl', ['a', 'b']), 'EQUIPOISE_DUPLICATE_COMPONENT', /"a" and "b".*"fcl"/],
  [
    new InvalidPluginError('Plugin "a"', ['no id', 'no components']),
    'EQUIPOISE_INVALID_PLUGIN',
    /no id; no components/,
  ],
  [
    new UnsupportedSpecVersionError('Plugin "a"', 0, [1]),
    'EQUIPOISE_UNSUPPORTED_SPEC_VERSION',
    /specVersion 0; understood: 1/,
  ],
  [
    new UnsupportedError('loss "tikhonov"', 'second-order gradients', 'model "graph"'),
    'EQUIPOISE_UNSUPPORTED',
    /"tikhonov" needs second-order gradients.*"graph"/,
  ],
  [
    new ShapeError('x', [null, 28, 28, 1], [3, 32, 32, 3]),
    'EQUIPOISE_SHAPE',
    /\[3, 32, 32, 3\]; expected \[\*, 28, 28, 1\]/,
  ],
  [new DataError('Label 12 is out of range.', { label: 12 }), 'EQUIPOISE_DATA', /Label 12/],
  [new NumericalError('The loss is NaN.'), 'EQUIPOISE_NUMERICAL', /NaN/],
  [new StorageError('The disk is full.', {}, new Error('ENOSPC')), 'EQUIPOISE_STORAGE', /full/],
];

describe('errors', () => {
  for (const [error, code, says] of table) {
    test(`${code} is known by its code, across copies of the package, and says what it is about`, () => {
      expect(error.code).toBe(code);
      expect(error.message.replaceAll('\n', '\n')).toMatch(new RegExp(says.source, 's'));
      expect(EquipoiseError.isInstance(error)).toBe(true);
      expect(EquipoiseError.isInstance(error, code)).toBe(true);
      expect(EquipoiseError.isInstance(error, 'EQUIPOISE_OTHER')).toBe(false);
      expect(JSON.parse(JSON.stringify(error.details))).toBeTypeOf('object');
    });
  }

  test('keep their cause and their name', () => {
    const cause = new Error('ENOSPC');
    const error = new StorageError('The disk is full.', { path: 'a' }, cause);
    expect(error.cause).toBe(cause);
    expect(error.name).toBe('StorageError');
    expect(error.details).toEqual({ path: 'a' });
  });

  test('are not mistaken for other values', () => {
    for (const value of [undefined, null, 'EQUIPOISE_DATA', new Error('plain'), { code: 'EQUIPOISE_DATA' }]) {
      expect(EquipoiseError.isInstance(value)).toBe(false);
    }
  });
});
