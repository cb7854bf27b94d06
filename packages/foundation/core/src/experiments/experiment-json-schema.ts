import type { Kind } from '@equipoise/spec';
import * as z from 'zod';
import { kinds } from '../registry/kinds.js';
import { isPlainObject } from '../registry/plain-object.js';
import type { AnyRegistry, JsonSchema } from '../registry/types.js';
import { experimentSchema } from './schema.js';
import { withTrainedRows } from './trained-rows.js';

/**
 * The JSON Schema (2020-12) of experiments that use what a registry has, for editors and other programs.
 *
 * Every place of a component takes the names that are registered for its kind, each with its own options; so do places
 * of components inside options.
 *
 * @param known what experiments may use
 */
export function experimentJsonSchema(known: AnyRegistry): JsonSchema {
  const { registry } = withTrainedRows(known);
  const schema = z.toJSONSchema(experimentSchema, { io: 'input', target: 'draft-2020-12' });
  const definitions: Record<string, unknown> = {};
  for (const kind of kinds) {
    definitions[kind] = anyOf(kind, registry);
    for (const { name } of registry.list(kind)) {
      const own = registry.describe(kind, name).optionsSchema ?? {};
      definitions[`${kind}.${name}`] = linked(own, `#/$defs/${kind}.${name}`);
    }
  }
  return {
    ...(linked(schema, '#') as JsonSchema),
    title: 'Equipoise experiment',
    $defs: definitions,
  };
}

function anyOf(kind: Kind, registry: AnyRegistry): JsonSchema {
  const entries = registry.list(kind);
  if (entries.length === 0) return { not: {}, description: `No ${kind} is registered.` };
  return {
    oneOf: entries.map(({ name, description }) => {
      const required = registry.describe(kind, name).optionsSchema?.['required'];
      const needsOptions = Array.isArray(required) && required.length > 0;
      return {
        type: 'object',
        description,
        properties: {
          use: { const: name, description },
          options: { $ref: `#/$defs/${kind}.${name}` },
          ...(kind === 'analysis' ? { name: { type: 'string', description: 'Name of its part of the report.' } } : {}),
        },
        required: needsOptions ? ['use', 'options'] : ['use'],
        additionalProperties: false,
      };
    }),
  };
}

/** Points places of components to the definitions of their kinds, and a schema's inner references to where it stands. */
function linked(schema: unknown, place: string): unknown {
  if (Array.isArray(schema)) return schema.map((entry) => linked(entry, place));
  if (!isPlainObject(schema)) return schema;
  const kind = schema['equipoiseKind'];
  if (typeof kind === 'string') {
    const { description } = schema;
    return { $ref: `#/$defs/${kind}`, ...(description === undefined ? {} : { description }) };
  }
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => {
      const isInner = key === '$ref' && typeof value === 'string' && value.startsWith('#');
      return [key, isInner ? `${place}${value.slice(1)}` : linked(value, place)];
    }),
  );
}
