import { describe, expect, test } from 'vitest';
import { defineComponent, definePlugin, type Loss, type StandardSchemaV1 } from '../src/index.js';

const schema: StandardSchemaV1<{ weight?: number }, { weight: number }> = {
  '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: { weight: 1, ...(value as object) } }) },
};

const component = defineComponent({
  specVersion: 1,
  kind: 'loss',
  name: 'demo',
  description: 'A loss for tests',
  options: schema,
  create: ({ weight }) => ({ needs: {}, weight }) as unknown as Loss,
});

describe('definitions', () => {
  test('are frozen copies', () => {
    const plugin = definePlugin({ specVersion: 1, id: '@acme/losses', components: [component] });
    expect(Object.isFrozen(component)).toBe(true);
    expect(Object.isFrozen(plugin)).toBe(true);
    expect(Object.isFrozen(plugin.components)).toBe(true);
    expect(() => Object.assign(component, { name: 'other' })).toThrow(TypeError);
  });

  test('keep literal names and kinds in their types', () => {
    const name: 'demo' = component.name;
    const kind: 'loss' = component.kind;
    expect([name, kind]).toEqual(['demo', 'loss']);
  });
});
