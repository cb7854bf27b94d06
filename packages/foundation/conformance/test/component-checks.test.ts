import { definePlugin, defineComponent, type AnyComponent, type Plugin, type StandardSchemaV1 } from '@equipoise/spec';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { componentChecks, pluginShapeChecks } from '../src/index.js';
import { failing, idsOf } from './broken.js';
import { goodLoss } from './good-components.js';

const good = defineComponent({
  specVersion: 1,
  kind: 'loss',
  name: 'good',
  description: 'A loss for tests',
  options: z.strictObject({ weight: z.number().default(1) }),
  create: goodLoss,
});

/** A schema that adds one to a number each time it is called, and so does not give the same twice. */
const drifting = (): StandardSchemaV1<object, object> => {
  let calls = 0;
  return {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value) =>
        'anOptionThatNobodyKnows' in (value as object)
          ? { issues: [{ message: 'unknown' }] }
          : { value: { calls: calls++ } },
    },
  };
};

const broken: Record<string, AnyComponent> = {
  'component/metadata': Object.freeze({ ...good, name: 'Not Kebab' }),
  'component/frozen': { ...good },
  'component/options-survive-json': defineComponent({ ...good, options: drifting() as never }),
  'component/unknown-option-refused': defineComponent({
    ...good,
    options: z.object({ weight: z.number().default(1) }),
  }),
  'component/creates-its-kind': defineComponent({ ...good, create: () => ({}) as never }),
};

describe('component checks', () => {
  test('pass for a good component', async () => expect(await failing(componentChecks(good))).toEqual([]));

  test('each has something that breaks it', () =>
    expect([...Object.keys(broken), 'component/options-valid'].sort()).toEqual(idsOf(componentChecks(good))));

  for (const [id, component] of Object.entries(broken)) {
    test(`${id} alone fails for the component that breaks it`, async () => {
      expect(await failing(componentChecks(component))).toEqual([id]);
    });
  }

  test('component/options-valid fails where the example is refused', async () => {
    const refusing = defineComponent({ ...good, options: z.strictObject({ weight: z.number() }) as never });
    expect(await failing(componentChecks(refusing))).toContain('component/options-valid');
  });
});

describe('plugin checks', () => {
  const plugin = definePlugin({ specVersion: 1, id: '@acme/losses', components: [good] });
  const brokenPlugins: Record<string, Plugin> = {
    'plugin/metadata': Object.freeze({ ...plugin, id: '' }),
    'plugin/frozen': { ...plugin },
    'plugin/no-duplicates': definePlugin({ ...plugin, components: [good, good] }),
  };

  test('pass for a good plugin', async () => expect(await failing(pluginShapeChecks(plugin))).toEqual([]));

  test('each has something that breaks it', () =>
    expect(Object.keys(brokenPlugins).sort()).toEqual(idsOf(pluginShapeChecks(plugin))));

  for (const [id, one] of Object.entries(brokenPlugins)) {
    test(`${id} alone fails for the plugin that breaks it`, async () => {
      expect(await failing(pluginShapeChecks(one))).toEqual([id]);
    });
  }
});
