import { type Attack, defineComponent } from '@equipoise/spec';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { componentOption } from './component-option.js';
import { factory } from './factory.js';
import { originOf } from './origin.js';

const attack: Attack = {
  supports: { norms: ['l2'], targeted: true, gradients: false, stochastic: false },
  doPerturb: () => Promise.reject(new Error('not called')),
};

const steps = factory(
  defineComponent({
    specVersion: 1,
    kind: 'attack',
    name: 'steps',
    description: 'steps',
    options: z.strictObject({
      eps: z.number(),
      steps: z.int().default(7),
      after: componentOption('attack').optional(),
      hook: z.unknown().optional(),
    }),
    create: () => ({ ...attack }),
  }),
);

test('an instance made by a factory knows its name and its options with defaults, at every depth', () => {
  const inner = steps({ eps: 0.5 });
  expect(originOf(inner)).toEqual({ use: 'steps', options: { eps: 0.5, steps: 7 } });
  expect(originOf(steps({ eps: 1, after: inner }))).toEqual({
    use: 'steps',
    options: { eps: 1, steps: 7, after: { use: 'steps', options: { eps: 0.5, steps: 7 } } },
  });
});

test('an instance that JSON cannot describe has no origin', () => {
  expect(originOf({ ...attack })).toBeUndefined();
  expect(originOf(steps({ eps: 1, hook: () => 1 }))).toBeUndefined();
  expect(originOf(steps({ eps: 1, after: { ...attack } }))).toBeUndefined();
});

test('an instance that a component passes on keeps its origin, or has none', () => {
  const pass = factory(
    defineComponent({
      specVersion: 1,
      kind: 'attack',
      name: 'pass',
      description: 'gives back what it got',
      options: z.strictObject({ inner: componentOption('attack') }),
      create: ({ inner }) => inner,
    }),
  );
  expect(originOf(pass({ inner: steps({ eps: 1 }) }))).toEqual({ use: 'steps', options: { eps: 1, steps: 7 } });
  expect(originOf(pass({ inner: { ...attack } }))).toBeUndefined();
});
