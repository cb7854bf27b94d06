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

type Path = NonNullable<StandardSchemaV1.Issue['path']>;

/** What zod's issues carry beyond those of Standard Schema. */
interface ZodIssue extends StandardSchemaV1.Issue {
  readonly code?: string;
  readonly keys?: readonly string[];
  readonly errors?: readonly (readonly ZodIssue[])[];
}

/**
 * An issue in words that help: for an option that does not exist those that do, as far as the schema's JSON Schema tells; for an
 * option of several forms what is wrong with the form that was given, or which forms there are.
 */
export function explainIssue(schema: StandardSchemaV1, issue: ZodIssue): StandardSchemaV1.Issue[] {
  if (issue.code === 'unrecognized_keys' && Array.isArray(issue.keys)) return [withKnownKeys(schema, issue)];
  if (issue.code !== 'invalid_union' || !issue.errors?.length || issue.message !== 'Invalid input') return [issue];
  const path = issue.path ?? [];
  const given = issue.errors.filter((form) => !form.some(isOfAnotherType));
  const [only] = given;
  if (only !== undefined && given.length === 1) {
    return only.flatMap((one) => explainIssue(schema, { ...one, path: [...path, ...(one.path ?? [])] }));
  }
  const forms = issue.errors
    .flatMap((form) => form.slice(0, 1))
    .map((one) => one.message.replace('Invalid input: ', ''));
  return [{ ...issue, message: `Invalid input: ${[...new Set(forms)].join('; or ')}` }];
}

function isOfAnotherType({ code, path = [] }: ZodIssue): boolean {
  return path.length === 0 && (code === 'invalid_type' || code === 'invalid_value');
}

function withKnownKeys(schema: StandardSchemaV1, issue: ZodIssue): StandardSchemaV1.Issue {
  const known = knownKeys(schema, issue.path ?? []);
  if (known.length === 0) return issue;
  const near = (issue.keys ?? []).map((key) => suggestion(key, known)).filter((key) => key !== undefined);
  const meant = [...new Set(near)].map((key) => `"${key}"`);
  const hint = meant.length === 0 ? '' : ` Did you mean ${meant.join(' and ')}?`;
  return { ...issue, message: `${issue.message}.${hint} Available: ${known.join(', ')}.` };
}

function knownKeys(schema: StandardSchemaV1, path: Path): string[] {
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
