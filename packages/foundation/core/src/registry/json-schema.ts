import type { AnyComponent } from '@equipoise/spec';
import type { JsonSchema } from './types.js';

interface JsonSchemaConverter {
  input(options: { readonly target: string; readonly libraryOptions?: object }): JsonSchema;
}

/**
 * The options of a component as JSON Schema (2020-12), by Standard JSON Schema, which zod and others implement.
 *
 * What a JSON Schema cannot say (a function, a custom check) is left open there and checked when options are validated.
 *
 * @returns `undefined` if the component's schema library cannot say its schema as JSON Schema
 */
export function optionsJsonSchema(component: AnyComponent): JsonSchema | undefined {
  const { jsonSchema } = component.options['~standard'] as { readonly jsonSchema?: JsonSchemaConverter };
  if (jsonSchema === undefined) return undefined;
  try {
    const schema = jsonSchema.input({ target: 'draft-2020-12', libraryOptions: { unrepresentable: 'any' } });
    return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== '$schema'));
  } catch {
    return undefined;
  }
}
