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
  readonly values?: readonly unknown[];
  readonly options?: readonly unknown[];
  readonly errors?: readonly (readonly ZodIssue[])[];
}

/**
 * An issue in words that help: for an option that does not exist those that do, as far as the schema's JSON Schema tells; for an
 * option of several forms what is wrong with the form that was given, or which forms there are; for a value what was given.
 *
 * @param schema the schema that was not met
 * @param options what was given to it
 * @param issue one of its issues
 */
export function explainIssue(schema: StandardSchemaV1, options: unknown, issue: ZodIssue): StandardSchemaV1.Issue[] {
  if (issue.code === 'unrecognized_keys' && Array.isArray(issue.keys)) return [withKnownKeys(schema, issue)];
  if (issue.code !== 'invalid_union' || !issue.errors?.length || issue.message !== 'Invalid input') {
    return [withGiven(options, issue)];
  }
  const path = issue.path ?? [];
  const given = issue.errors.filter((form) => !form.some(isOfAnotherType));
  const [only] = given;
  if (only !== undefined && given.length === 1) {
    return only.flatMap((one) => explainIssue(schema, options, { ...one, path: [...path, ...(one.path ?? [])] }));
  }
  const forms = issue.errors
    .flatMap((form) => form.slice(0, 1))
    .map((one) => one.message.replace('Invalid input: ', ''));
  return [withGiven(options, { ...issue, message: `Invalid input: ${[...new Set(forms)].join('; or ')}` })];
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

/** Adds the value that was given, where it is short and the message tells what was expected, and the nearest of the names that are. */
function withGiven(options: unknown, issue: ZodIssue): StandardSchemaV1.Issue {
  if (!/\bexpected\b/i.test(issue.message)) return issue;
  const value = (issue.path ?? []).map(nameOf).reduce<unknown>(memberOf, options);
  const text = shortText(value);
  if (text === undefined) return issue;
  const names = (issue.values ?? issue.options ?? []).filter((name) => typeof name === 'string');
  const meant = typeof value === 'string' ? suggestion(value, names) : undefined;
  const hint = meant === undefined ? '' : ` Did you mean "${meant}"?`;
  return { ...issue, message: `${issue.message.replace(/\.$/, '')}; given ${text}.${hint}` };
}

/** A value on one line; `undefined` for what is left out, for objects and for what is long. */
function shortText(value: unknown): string | undefined {
  if (typeof value === 'number' || value === null || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string' && !Array.isArray(value)) return undefined;
  const text = JSON.stringify(value);
  return text.length > 40 ? undefined : text;
}

function memberOf(value: unknown, name: PropertyKey): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[name] : undefined;
}

function nameOf(part: Path[number]): PropertyKey {
  return typeof part === 'object' ? part.key : part;
}

function knownKeys(schema: StandardSchemaV1, path: Path): string[] {
  const { jsonSchema } = schema['~standard'] as JsonSchemaSource;
  try {
    const root = jsonSchema?.input({ target: 'draft-2020-12', libraryOptions: { unrepresentable: 'any' } });
    const names = path.map(nameOf);
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
