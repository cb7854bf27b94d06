import type { StandardSchemaV1 } from '@equipoise/spec';
import { suggestion } from './suggestion.js';

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, ObjectSchema>>;
  readonly additionalProperties?: ObjectSchema | boolean;
  readonly items?: ObjectSchema;
  readonly anyOf?: readonly ObjectSchema[];
  readonly oneOf?: readonly ObjectSchema[];
}

interface JsonSchemaSource {
  readonly jsonSchema?: { input(options: { readonly target: string; readonly libraryOptions?: object }): ObjectSchema };
}

/** Adds to an issue about options that do not exist which ones do, as far as the schema's JSON Schema tells. */
export function withKnownKeys(schema: StandardSchemaV1, issue: StandardSchemaV1.Issue): StandardSchemaV1.Issue {
  const { code, keys } = issue as { readonly code?: unknown; readonly keys?: unknown };
  if (code !== 'unrecognized_keys' || !Array.isArray(keys)) return issue;
  const known = knownKeys(schema, issue.path ?? []);
  if (known.length === 0) return issue;
  const meant = [...new Set(keys.map((key) => suggestion(String(key), known)).filter((key) => key !== undefined))];
  const hint = meant.length === 0 ? '' : ` Did you mean ${meant.map((key) => `"${key}"`).join(' and ')}?`;
  return { ...issue, message: `${issue.message}.${hint} Available: ${known.join(', ')}.` };
}

function knownKeys(schema: StandardSchemaV1, path: NonNullable<StandardSchemaV1.Issue['path']>): string[] {
  const { jsonSchema } = schema['~standard'] as JsonSchemaSource;
  try {
    const root = jsonSchema?.input({ target: 'draft-2020-12', libraryOptions: { unrepresentable: 'any' } });
    const names = path.map((part) => (typeof part === 'object' ? part.key : part));
    const places = names.reduce((schemas, name) => schemas.flatMap((one) => below(one, name)), root ? [root] : []);
    return [...new Set(places.flatMap(forms).flatMap(({ properties = {} }) => Object.keys(properties)))];
  } catch {
    return [];
  }
}

/** The schema and, if it takes several forms, each of them. */
function forms(schema: ObjectSchema): ObjectSchema[] {
  return [schema, ...[...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap(forms)];
}

function below(schema: ObjectSchema, name: PropertyKey): ObjectSchema[] {
  return forms(schema).flatMap(({ properties = {}, additionalProperties, items }) => {
    const own = Object.hasOwn(properties, name) ? properties[String(name)] : undefined;
    const found = typeof name === 'number' ? items : (own ?? additionalProperties);
    return typeof found === 'object' ? [found] : [];
  });
}
