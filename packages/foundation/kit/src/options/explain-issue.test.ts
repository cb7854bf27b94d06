import { describe, expect, test } from 'vitest';
import * as z from 'zod';
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

describe('an option of several forms', () => {
  const forms = z.strictObject({
    sigma: z.union([z.number(), z.tuple([z.number(), z.number()])]).default(0),
    rate: z.union([z.number(), z.strictObject({ peak: z.number().max(1), warmUp: z.number().optional() })]).default(1),
  });

  test.each([
    [{ sigma: 'much' }, 'sigma: Invalid input: expected number, received string; or expected tuple, received string'],
    [{ rate: { peak: 'x' } }, 'rate.peak: Invalid input: expected number, received string'],
    [{ rate: { peak: 2 } }, 'rate.peak: Too big: expected number to be <=1'],
    [
      { rate: { peak: 1, warmup: 3 } },
      'rate: Unrecognized key: "warmup". Did you mean "warmUp"? Available: peak, warmUp.',
    ],
  ])('%j is told by the form that was given', (options, line) => {
    expect(() => validateOptions(forms, 'x', options)).toThrow(`Invalid options for x:\n  ${line}`);
  });
});

describe('a value that is not allowed', () => {
  const values = z.strictObject({
    relation: z.enum(['pair', 'hinge', 'none']).default('pair'),
    high: z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('noise') }),
      z.strictObject({ type: z.literal('swap') }),
    ]),
    size: z.int().positive().default(1),
    range: z
      .tuple([z.number(), z.number()])
      .refine(([low, high]) => low <= high, { error: 'Expected [low, high] with low <= high.' })
      .optional(),
  });
  const high = { type: 'noise' };

  test.each([
    [{ high, relation: 'hing' }, 'expected one of "pair"|"hinge"|"none"; given "hing". Did you mean "hinge"?'],
    [{ high, relation: 'cosine' }, 'expected one of "pair"|"hinge"|"none"; given "cosine".'],
    [{ high: { type: 'nose' } }, 'Expected \'noise\' | \'swap\'; given "nose". Did you mean "noise"?'],
    [{ high, size: 0 }, 'size: Too small: expected number to be >0; given 0.'],
    [{ high, size: '3' }, 'size: Invalid input: expected number, received string; given "3".'],
    [{ high, range: [2, 1] }, 'range: Expected [low, high] with low <= high; given [2,1].'],
  ])('%j is told with what was given', (options, line) => {
    expect(() => validateOptions(values, 'loss "fcl"', options)).toThrow(line);
  });

  test('nothing is added for what was left out or is long', () => {
    expect(() => validateOptions(values, 'x', {})).toThrow(/expected object, received undefined$/);
    expect(() => validateOptions(values, 'x', { high, size: 'long '.repeat(20) })).toThrow(/received string$/);
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
