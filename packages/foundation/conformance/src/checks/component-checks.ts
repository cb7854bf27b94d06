import { kindGuards } from '@equipoise/kit';
import type { AnyComponent, Kind, Plugin } from '@equipoise/spec';
import { defineCheck, type Check, type Expect } from '../check.js';
import { checkContext } from '../context.js';

const kinds = Object.keys(kindGuards) as Kind[];
const namePattern = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

async function validate(component: AnyComponent, options: unknown) {
  return component.options['~standard'].validate(options);
}

async function validOptions(component: AnyComponent, options: unknown, expect: Expect): Promise<unknown> {
  const result = await validate(component, options);
  expect(
    !result.issues,
    `the options ${JSON.stringify(options)} are refused: ${result.issues?.map(({ message }) => message).join('; ')}`,
  );
  return (result as { value: unknown }).value;
}

function isPlainData(value: unknown): boolean {
  if (value === null || ['string', 'boolean', 'number'].includes(typeof value)) return true;
  if (Array.isArray(value)) return value.every(isPlainData);
  const plain = typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype;
  return plain && Object.values(value as object).every((entry) => entry === undefined || isPlainData(entry));
}

/** Checks that hold for components of every kind; `options` are tried in the place of `example` or `{}`. */
export function componentChecks(component: AnyComponent, options: unknown = component.example ?? {}): Check[] {
  return [
    defineCheck('component/metadata', 'has spec version 1, a known kind, a name and a description', (expect) => {
      expect(component.specVersion === 1, `specVersion is ${String(component.specVersion)}, expected 1`);
      expect(kinds.includes(component.kind), `kind is ${String(component.kind)}, expected one of ${kinds.join(', ')}`);
      expect(
        namePattern.test(component.name),
        `name is "${component.name}", expected lower-case words joined by hyphens`,
      );
      expect(component.description?.length > 0, 'the description is empty');
    }),
    defineCheck('component/frozen', 'is frozen', (expect) => {
      expect(Object.isFrozen(component), 'the component can be changed; make it with defineComponent');
    }),
    defineCheck('component/options-valid', 'accepts its own example, or no options', async (expect) => {
      await validOptions(component, options, expect);
    }),
    defineCheck('component/unknown-option-refused', 'refuses an option that it does not know', async (expect) => {
      const result = await validate(component, { ...(options as object), anOptionThatNobodyKnows: 1 });
      expect(
        result.issues !== undefined,
        'the option "anOptionThatNobodyKnows" was accepted; a misspelt option would be lost silently',
      );
    }),
    defineCheck(
      'component/options-survive-json',
      'options that are plain data mean the same after JSON',
      async (expect) => {
        if (!isPlainData(options)) return;
        const direct = await validOptions(component, options, expect);
        const again = await validOptions(component, JSON.parse(JSON.stringify(options)), expect);
        expect(JSON.stringify(direct) === JSON.stringify(again), 'the options differ after a round trip through JSON');
      },
    ),
    defineCheck('component/creates-its-kind', 'creates an instance of its kind', async (expect) => {
      const valid = (await validOptions(component, options, expect)) as never;
      const instance: unknown = await component.create(valid, checkContext());
      expect(kindGuards[component.kind](instance), `what it creates lacks the methods of a ${component.kind}`);
      (instance as { dispose?: () => void }).dispose?.();
    }),
  ];
}

/** Checks of a plugin as a whole. */
export function pluginShapeChecks(plugin: Plugin): Check[] {
  return [
    defineCheck('plugin/metadata', 'has spec version 1, an id and components', (expect) => {
      expect(plugin.specVersion === 1, `specVersion is ${String(plugin.specVersion)}, expected 1`);
      expect(typeof plugin.id === 'string' && plugin.id.length > 0, 'the id is empty; use the name of the npm package');
      expect(Array.isArray(plugin.components) && plugin.components.length > 0, 'there are no components');
    }),
    defineCheck('plugin/frozen', 'is frozen', (expect) => {
      expect(
        Object.isFrozen(plugin) && Object.isFrozen(plugin.components),
        'the plugin can be changed; make it with definePlugin',
      );
    }),
    defineCheck('plugin/no-duplicates', 'brings no two components of the same kind and name', (expect) => {
      const names = plugin.components.map(({ kind, name }) => `${kind} "${name}"`);
      const twice = names.find((name, index) => names.indexOf(name) !== index);
      expect(twice === undefined, `${twice} is there twice`);
    }),
  ];
}
