import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { suggestion } from './suggestion.js';
import { validateOptions } from './validate-options.js';

const schema = z.strictObject({
  hidden: z.array(z.number()).default([]),
  noise: z.union([z.literal('none'), z.strictObject({ sigma: z.number().default(0) })]).optional(),
  rows: z.array(z.strictObject({ label: z.string().optional() })).default([]),
  parts: z.record(z.string(), z.strictObject({ count: z.number().optional() })).default({}),
});

describe('an option that does not exist', () => {
  test.each([
    [
      { hiden: [3] },
      '(options): Unrecognized key: "hiden". Did you mean "hidden"? Available: hidden, noise, rows, parts.',
    ],
    [{ zzz: 1 }, '(options): Unrecognized key: "zzz". Available: hidden, noise, rows, parts.'],
    [{ rows: [{}, { lable: 'x' }] }, 'rows.1: Unrecognized key: "lable". Did you mean "label"? Available: label.'],
    [{ parts: { train: { size: 1 } } }, 'parts.train: Unrecognized key: "size". Available: count.'],
  ])('%j is told with those that exist', (options, line) => {
    expect(() => validateOptions(schema, 'model "mlp"', options)).toThrow(
      `Invalid options for model "mlp":\n  ${line}`,
    );
  });
});

describe('suggestion', () => {
  test('is the nearest name, whatever its letters are', () => {
    expect(suggestion('batchsize', ['epochs', 'batchSize', 'steps'])).toBe('batchSize');
    expect(suggestion('entropy', ['fcl', 'cross-entropy'])).toBe('cross-entropy');
  });

  test('is nothing where no name is near', () => {
    expect(suggestion('zebra', ['fcl', 'cross-entropy'])).toBeUndefined();
    expect(suggestion('zebra', [])).toBeUndefined();
  });
});
