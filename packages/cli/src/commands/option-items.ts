import type { JsonSchema } from '@equipoise/core';
import type { Item } from '../output.js';

interface OptionSchema {
  readonly type?: string | readonly string[];
  readonly default?: unknown;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly OptionSchema[];
  readonly oneOf?: readonly OptionSchema[];
  readonly items?: OptionSchema | boolean;
  readonly prefixItems?: readonly OptionSchema[];
  readonly properties?: Readonly<Record<string, OptionSchema>>;
  readonly additionalProperties?: OptionSchema | boolean;
  readonly required?: readonly string[];
  readonly equipoiseKind?: string;
}

function kindName(kind: string): string {
  return `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`;
}

/** The one word that tells one form of an option from its other forms: `{name:"adam",…}`. */
function objectType({ properties = {}, additionalProperties }: OptionSchema): string {
  const fixed = Object.entries(properties).find(([, property]) => property.const !== undefined);
  if (fixed) {
    const more = Object.keys(properties).length > 1 ? ',…' : '';
    return `{${fixed[0]}:${JSON.stringify(fixed[1].const)}${more}}`;
  }
  const values = typeof additionalProperties === 'object' ? typeOf(additionalProperties) : '';
  return values === '' ? 'object' : `object of ${values} by name`;
}

/** The type of an option in a few words. */
export function typeOf(schema: OptionSchema): string {
  if (schema.equipoiseKind !== undefined) return kindName(schema.equipoiseKind);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return [...new Set(choices.map(typeOf))].join(' | ');
  if (schema.prefixItems !== undefined) return `[${schema.prefixItems.map(typeOf).join(', ')}]`;
  if (schema.type === 'array') return `array of ${typeof schema.items === 'object' ? typeOf(schema.items) : 'any'}`;
  if (schema.type === 'object') return objectType(schema);
  return [schema.type ?? 'any'].flat().join(' | ');
}

function presence(option: OptionSchema, required: boolean): string {
  if (option.default !== undefined) return `default ${JSON.stringify(option.default)}`;
  return required ? 'required' : 'optional';
}

/** The options of a component, those inside options by their paths (`noise.sigma`): what each is, its type, its default. */
export function optionItems(schema: JsonSchema, path = ''): Item[] {
  const { properties = {}, required = [] } = schema as OptionSchema;
  return Object.entries(properties).flatMap(([name, option]): Item[] => {
    const facts = `${typeOf(option)}; ${presence(option, required.includes(name))}`;
    const item: Item = [path + name, [...(option.description ? [option.description] : []), facts].join('\n')];
    return [item, ...(option.properties ? optionItems(option as JsonSchema, `${path}${name}.`) : [])];
  });
}
