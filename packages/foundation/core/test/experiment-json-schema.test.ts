import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { createRegistry, experimentJsonSchema } from '../src/index.js';
import { registry } from './fakes.js';

const input = {
  specVersion: 1,
  name: 'small',
  dataset: { use: 'points' },
  model: { use: 'linear' },
  rows: [{ name: 'a', loss: { use: 'first-of', options: { losses: [{ use: 'squares', options: { strength: 2 } }] } } }],
  trainer: { use: 'walker', options: { steps: 5 } },
  analyses: [{ use: 'alone', name: 'mine' }],
};
const ajv = new Ajv2020({ allErrors: true, strict: false });
const validate = ajv.compile(experimentJsonSchema(registry));

describe('the JSON Schema of experiments', () => {
  test('accepts what the registry can make', () => {
    expect(validate(input), JSON.stringify(validate.errors)).toBe(true);
  });

  test.each([
    ['an unknown name', { trainer: { use: 'runner', options: { steps: 5 } } }],
    ['a wrong option', { trainer: { use: 'walker', options: { steps: 'five' } } }],
    ['a missing option', { trainer: { use: 'walker' } }],
    ['an unknown option', { dataset: { use: 'points', options: { size: 3 } } }],
    [
      'an unknown name inside options',
      { rows: [{ name: 'a', loss: { use: 'first-of', options: { losses: [{ use: 'x' }] } } }] },
    ],
    ['an unknown setting', { colour: 'red' }],
    ['another version', { specVersion: 2 }],
  ])('refuses %s', (_, changes) => {
    expect(validate({ ...input, ...changes })).toBe(false);
  });

  test('of an empty registry accepts no component', () => {
    expect(ajv.compile(experimentJsonSchema(createRegistry()))(input)).toBe(false);
  });

  test('carries descriptions and defaults for editors', () => {
    const { $defs } = experimentJsonSchema(registry) as { $defs: Record<string, unknown> };
    expect($defs['loss.squares']).toMatchObject({ properties: { strength: { type: 'number', default: 1 } } });
  });
});
