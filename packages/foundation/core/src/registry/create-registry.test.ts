import { EquipoiseError, type Loss, type RunContext } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { componentOption } from '@equipoise/kit';
import { defineComponent, definePlugin } from '@equipoise/spec';
import { createContext, createRegistry, renamed } from '../index.js';

const needs = { labels: true, logits: true, views: 1, gradientOrder: 1 } as const;
interface Described extends Loss {
  readonly made: unknown;
}
const describedLoss = (made: unknown): Described => ({
  needs,
  variables: new Map(),
  made,
  doCompute: () => ({ total: tf.scalar(0), parts: {} }),
});

const plain = defineComponent({
  specVersion: 1,
  kind: 'loss',
  name: 'plain',
  description: 'Plain.',
  options: z.strictObject({ scale: z.number().positive().default(1).describe('How much.') }),
  create: (options, context) => describedLoss({ ...options, draw: context.rng.uint32() }),
});
const sum = defineComponent({
  specVersion: 1,
  kind: 'loss',
  name: 'sum',
  description: 'A sum.',
  options: z.strictObject({
    terms: z.array(z.strictObject({ loss: componentOption('loss'), weight: z.number().default(1) })).min(1),
  }),
  references: { terms: 'loss' },
  create: (options) => describedLoss(options.terms),
});
const trainer = defineComponent({
  specVersion: 1,
  kind: 'trainer',
  name: 'plain',
  description: 'Trains.',
  options: z.strictObject({ epochs: z.number() }),
  create: () => ({ async *doFit() {} }),
});
const plugin = definePlugin({ specVersion: 1, id: '@acme/things', components: [plain, sum, trainer] });
const registry = createRegistry().use(plugin);
const context: RunContext = createContext({ seed: 3 });

async function failure(promise: Promise<unknown>): Promise<EquipoiseError> {
  return promise.then(
    () => expect.unreachable('the promise was fulfilled'),
    (error: unknown) => {
      if (!EquipoiseError.isInstance(error)) throw error;
      return error;
    },
  );
}

describe('creating', () => {
  test('typed and untyped ways give the same component for the same options', async () => {
    const typed = (await registry.create('loss', 'plain', { scale: 2 }, createContext({ seed: 1 }))) as Described;
    const untyped = (await registry.createUnknown(
      'loss',
      'plain',
      { scale: 2 },
      createContext({ seed: 1 }),
    )) as Described;
    expect(typed.made).toEqual(untyped.made);
    expect(typed.made).toMatchObject({ scale: 2 });
  });

  test('missing options are filled in by the schema', async () => {
    const loss = (await registry.createUnknown('loss', 'plain', undefined, context)) as Described;
    expect(loss.made).toMatchObject({ scale: 1 });
  });

  test('both ways refuse the same wrong options, naming each', async () => {
    for (const create of [registry.create, registry.createUnknown]) {
      const error = await failure(create('loss', 'plain', { scale: -1, size: 3 } as never, context));
      expect(error.code).toBe('EQUIPOISE_INVALID_OPTIONS');
      expect(error.message).toContain('scale');
      expect(error.message).toContain('size');
    }
  });

  test('an unknown name lists what there is and suggests the nearest', async () => {
    const error = await failure(registry.createUnknown('loss', 'plian', {}, context));
    expect(error.code).toBe('EQUIPOISE_NO_SUCH_COMPONENT');
    expect(error.details).toEqual({ kind: 'loss', name: 'plian', available: ['plain', 'sum'], suggestion: 'plain' });
  });

  test('an unknown kind lists the kinds and suggests the nearest', async () => {
    const error = await failure(registry.createUnknown('lose' as 'loss', 'plain', {}, context));
    expect(error.code).toBe('EQUIPOISE_NO_SUCH_COMPONENT');
    expect(error.message).toBe(
      'There is no kind named "lose". Did you mean "loss"? ' +
        'Available: "dataset", "model", "loss", "attack", "trainer", "analysis", "backend".',
    );
  });

  test('a name that is near to nothing has no suggestion', async () => {
    const error = await failure(registry.createUnknown('loss', 'wasserstein', {}, context));
    expect(error.details['suggestion']).toBeUndefined();
  });

  test('a component that makes something of another kind is refused', async () => {
    const broken = defineComponent({ ...plain, name: 'broken', create: () => ({}) as never });
    const withBroken = createRegistry().use(definePlugin({ specVersion: 1, id: 'b', components: [broken] }));
    const error = await failure(withBroken.create('loss', 'broken', {}, context));
    expect(error.code).toBe('EQUIPOISE_INVALID_PLUGIN');
  });
});

describe('references inside options', () => {
  test('are created at every depth, each with its own stream', async () => {
    const options = {
      terms: [
        { loss: { use: 'plain', options: { scale: 3 } }, weight: 2 },
        { loss: { use: 'sum', options: { terms: [{ loss: { use: 'plain' } }] } } },
      ],
    };
    const loss = (await registry.createUnknown('loss', 'sum', options, context)) as Described;
    const [first, second] = loss.made as [{ loss: Described; weight: number }, { loss: Described; weight: number }];
    expect(first.weight).toBe(2);
    expect(first.loss.made).toMatchObject({ scale: 3 });
    const [inner] = second.loss.made as [{ loss: Described }];
    expect(inner.loss.made).toMatchObject({ scale: 1 });
    expect((inner.loss.made as { draw: number }).draw).not.toBe((first.loss.made as { draw: number }).draw);
  });

  test('instances are taken as they are', async () => {
    const instance = describedLoss('mine');
    const loss = (await registry.create('loss', 'sum', { terms: [{ loss: instance }] }, context)) as Described;
    expect((loss.made as [{ loss: Loss }])[0].loss).toBe(instance);
  });

  test('every fault in them is reported with its path, before anything is created', async () => {
    const options = {
      terms: [
        { loss: { use: 'plian' } },
        { loss: { use: 'plain', options: { scale: 'x' } } },
        { loss: { use: 'plain', extra: 1 }, weight: 'y' },
      ],
    };
    const error = await failure(registry.createUnknown('loss', 'sum', options, context));
    expect(error.code).toBe('EQUIPOISE_INVALID_OPTIONS');
    const paths = (error.details['issues'] as { path: string }[]).map(({ path }) => path).sort();
    expect(paths).toEqual(['terms.0.loss.use', 'terms.1.loss.options.scale', 'terms.2.loss', 'terms.2.weight']);
    expect(error.message).toContain('Did you mean "plain"?');
  });
});

describe('describing', () => {
  test('lists the components of a kind by name', () => {
    expect(registry.list('loss').map(({ name, pluginId }) => [name, pluginId])).toEqual([
      ['plain', '@acme/things'],
      ['sum', '@acme/things'],
    ]);
    expect(registry.list()).toHaveLength(3);
    expect(registry.list('attack')).toEqual([]);
  });

  test('gives the options as JSON Schema', () => {
    expect(registry.describe('loss', 'plain').optionsSchema).toMatchObject({
      type: 'object',
      properties: { scale: { type: 'number', default: 1, description: 'How much.' } },
    });
    expect(registry.get('loss', 'sum')).toBe(sum);
  });
});

describe('a component with another schema library', () => {
  const options = {
    '~standard': {
      version: 1 as const,
      vendor: 'mine',
      validate: (value: unknown) =>
        value === 'right' ? { value } : { issues: [{ message: 'Expected "right"', path: [] }] },
    },
  };
  const other = defineComponent({ ...plain, options, create: describedLoss });
  const mine = createRegistry().use(definePlugin({ specVersion: 1, id: 'mine', components: [other] }));

  test('is created and validated by the same way', async () => {
    expect(((await mine.createUnknown('loss', 'plain', 'right', context)) as Described).made).toBe('right');
    expect((await failure(mine.createUnknown('loss', 'plain', {}, context))).message).toContain('Expected "right"');
  });

  test('is described without JSON Schema where its library has none or cannot say it', () => {
    expect(mine.describe('loss', 'plain').optionsSchema).toBeUndefined();
    const input = () => {
      throw new Error('not representable');
    };
    const silent = { ...options['~standard'], jsonSchema: { input, output: input } };
    const failing = defineComponent({ ...other, options: { '~standard': silent } });
    const plugin = definePlugin({ specVersion: 1, id: 'mine', components: [failing] });
    expect(createRegistry().use(plugin).describe('loss', 'plain').optionsSchema).toBeUndefined();
  });
});

describe('putting plugins to use', () => {
  test('leaves the registry as it was', () => {
    const empty = createRegistry();
    empty.use(plugin);
    expect(empty.list()).toEqual([]);
  });

  test('two plugins with the same kind and name are refused by both ids, and pass when one is renamed', () => {
    const other = definePlugin({ specVersion: 1, id: '@other/things', components: [plain] });
    expect(() => registry.use(other)).toThrow(/"@acme\/things" and "@other\/things" both bring a loss named "plain"/);
    const both = registry.use(renamed(other, { plain: 'other-plain' }));
    expect(both.list('loss').map(({ name }) => name)).toEqual(['other-plain', 'plain', 'sum']);
  });

  test('renaming what is not there says what is', () => {
    expect(() => renamed(plugin, { plian: 'x' } as never)).toThrow(/Did you mean "plain"\?/);
  });

  test('the same name in two kinds is no clash', () => {
    expect(registry.list().filter(({ name }) => name === 'plain')).toHaveLength(2);
  });

  test('an unknown specVersion is refused, of plugins and of components', () => {
    const code = 'EQUIPOISE_UNSUPPORTED_SPEC_VERSION';
    expect(() => registry.use({ ...plugin, specVersion: 2 } as never)).toThrow(expect.objectContaining({ code }));
    const old = { ...plain, name: 'old', specVersion: 0 };
    expect(() => registry.use({ specVersion: 1, id: 'x', components: [old] } as never)).toThrow(
      expect.objectContaining({ code, details: expect.objectContaining({ actual: 0, supported: [1] }) }),
    );
  });

  test('everything that is wrong with a plugin is listed', () => {
    const broken = {
      specVersion: 1,
      id: '',
      components: [{ specVersion: 1, kind: 'lose', name: 'Bad Name', references: { terms: 'lose' } }, 'no component'],
    };
    expect(() => registry.use(broken as never)).toThrow(
      expect.objectContaining({
        code: 'EQUIPOISE_INVALID_PLUGIN',
        details: expect.objectContaining({ problems: expect.any(Array) }),
      }),
    );
    const words = [
      '"id"',
      '[0].kind',
      '[0].name',
      '[0].description',
      '[0].options',
      '[0].create',
      'references.terms',
      '[1] must be',
    ];
    for (const word of words) expect(() => registry.use(broken as never)).toThrow(word);
  });

  test('what is no plugin at all is refused', () => {
    for (const value of [undefined, null, 3, [], () => plugin]) {
      expect(() => registry.use(value as never)).toThrow(expect.objectContaining({ code: 'EQUIPOISE_INVALID_PLUGIN' }));
    }
  });
});
