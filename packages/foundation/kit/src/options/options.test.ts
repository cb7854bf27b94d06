import { defineComponent, EquipoiseError, type Kind, type Loss, type RunContext } from '@equipoise/spec';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { createRng } from '../random/create-rng.js';
import { componentOption } from './component-option.js';
import { factory } from './factory.js';
import { kindGuards } from './kind-guards.js';
import { validateOptions } from './validate-options.js';

const loss = { needs: {}, variables: new Map(), doCompute: () => undefined } as unknown as Loss;

function lossComponent(seen: { options?: unknown; context?: RunContext } = {}) {
  return defineComponent({
    specVersion: 1,
    kind: 'loss',
    name: 'probe',
    description: 'Keeps what it was made from.',
    options: z.strictObject({ weight: z.number().positive().default(2), other: z.string().optional() }),
    create: (options, context) => {
      Object.assign(seen, { options, context });
      return loss;
    },
  });
}

describe('validateOptions', () => {
  const schema = z.strictObject({
    eps: z.number(),
    inner: z.strictObject({ steps: z.int().default(10) }).prefault({}),
  });

  test('fills in defaults', () => {
    expect(validateOptions(schema, 'attack "pgd"', { eps: 0.3 })).toEqual({ eps: 0.3, inner: { steps: 10 } });
  });

  test('takes nothing for no options', () => {
    expect(validateOptions(z.strictObject({ a: z.number().default(1) }), 'x', undefined)).toEqual({ a: 1 });
  });

  test('names every fault with its path and what the options are for', () => {
    const thrown = catchError(() =>
      validateOptions(schema, 'attack "pgd"', { eps: 'big', inner: { steps: 1.5 }, epz: 1 }),
    );
    expect(EquipoiseError.isInstance(thrown, 'EQUIPOISE_INVALID_OPTIONS')).toBe(true);
    expect(thrown.message).toMatch(/attack "pgd"/);
    expect((thrown.details['issues'] as { path: string }[]).map(({ path }) => path)).toEqual([
      'eps',
      'inner.steps',
      '',
    ]);
    expect(thrown.message).toMatch(/epz/);
  });

  test('refuses null, a number and a text in place of options', () => {
    for (const bad of [null, 3, 'x']) expect(() => validateOptions(schema, 'x', bad)).toThrow(/expected object/);
  });

  test('refuses a schema that validates asynchronously', () => {
    const asynchronous = { '~standard': { version: 1, vendor: 'test', validate: async () => ({ value: 1 }) } } as const;
    expect(catchError(() => validateOptions(asynchronous, 'x', {})).code).toBe('EQUIPOISE_ASYNC_SCHEMA');
  });
});

describe('factory', () => {
  test('validates, fills in defaults and creates at once', () => {
    const seen: { options?: unknown } = {};
    expect(factory(lossComponent(seen))({ other: 'x' })).toBe(loss);
    expect(seen.options).toEqual({ weight: 2, other: 'x' });
  });

  test('says which component has invalid options', () => {
    expect(() => factory(lossComponent())({ weight: -1 })).toThrow(/Invalid options for loss "probe":\n {2}weight/);
  });

  test('completes the context: seed 0, a silent report, what was given', () => {
    const seen: { context?: RunContext } = {};
    factory(lossComponent(seen))();
    expect(seen.context!.rng.uint32()).toBe(createRng(0).uint32());
    expect(seen.context!.report({ type: 'warning', code: 'X', message: 'x' })).toBeUndefined();
    const rng = createRng(9);
    const { signal } = new AbortController();
    factory(lossComponent(seen))({}, { rng, signal });
    expect(seen.context!.rng).toBe(rng);
    expect(seen.context!.signal).toBe(signal);
  });

  test('refuses a component that is created asynchronously, and leaves no rejection unhandled', () => {
    const component = { ...lossComponent(), create: () => Promise.reject(new Error('late')) };
    const thrown = catchError(() => factory(component)());
    expect(thrown.code).toBe('EQUIPOISE_ASYNC_COMPONENT');
    expect(thrown.message).toMatch(/loss "probe"/);
  });
});

describe('componentOption', () => {
  const schema = z.strictObject({ loss: componentOption('loss'), more: z.array(componentOption('loss')).default([]) });

  test('passes an instance on as it is', () => {
    expect(schema.parse({ loss, more: [loss] }).loss).toBe(loss);
    expect(schema.parse({ loss }).more).toEqual([]);
  });

  test('refuses what is missing, of another kind, or still a reference', () => {
    for (const bad of [{}, { loss: { doFit: () => undefined } }, { loss: { use: 'fcl' } }, { loss: null }]) {
      const result = schema.safeParse(bad);
      expect(result.success).toBe(false);
      expect(result.error!.issues[0]).toMatchObject({
        path: ['loss'],
        message: expect.stringMatching(/Expected a loss/),
      });
    }
    expect(componentOption('attack').safeParse(1).error!.issues[0]!.message).toMatch(/^Expected an attack/);
  });

  test('stands in a JSON schema with its kind, required where it has no default', () => {
    const json = z.toJSONSchema(schema, { io: 'input' });
    expect(json.properties).toMatchObject({
      loss: { equipoiseKind: 'loss' },
      more: { items: { equipoiseKind: 'loss' } },
    });
    expect(json.required).toEqual(['loss']);
  });
});

describe('kindGuards', () => {
  const method = () => undefined;
  const instances: Record<Kind, object> = {
    dataset: { split: method },
    model: { forward: method, dispose: method },
    loss: { doCompute: method },
    attack: { doPerturb: method },
    trainer: { doFit: method },
    analysis: { doAnalyze: method },
    backend: { doProbe: method, doActivate: method },
  };
  const kinds = Object.keys(instances) as Kind[];

  test.each(kinds)('know a %s from every other kind and from nothing', (kind) => {
    expect(kinds.filter((other) => kindGuards[kind](instances[other]))).toEqual([kind]);
    for (const nothing of [undefined, null, 1, 'x', {}, method]) expect(kindGuards[kind](nothing)).toBe(false);
  });
});

function catchError(body: () => unknown): EquipoiseError {
  try {
    body();
  } catch (error) {
    return error as EquipoiseError;
  }
  throw new Error('Nothing was thrown.');
}
