import { EquipoiseError, InvalidOptionsError, type StandardSchemaV1 } from '@equipoise/spec';
import { explainIssue } from './explain-issue.js';

/**
 * Validates options against any Standard Schema and fills in the defaults.
 *
 * @param schema the schema
 * @param subject what the options are for, as it shall stand in the message, such as `loss "fcl"`
 * @param options what was given; `undefined` stands for `{}`
 * @returns the options as the schema gives them out
 * @throws InvalidOptionsError with every fault, its path and what was given; for an option that does not exist, with those that do
 * @throws EquipoiseError `EQUIPOISE_ASYNC_SCHEMA` if the schema validates asynchronously
 */
export function validateOptions<S extends StandardSchemaV1>(
  schema: S,
  subject: string,
  options: unknown,
): StandardSchemaV1.InferOutput<S> {
  const result = schema['~standard'].validate(options === undefined ? {} : options);
  if (result instanceof Promise) {
    throw new EquipoiseError(
      'EQUIPOISE_ASYNC_SCHEMA',
      `The schema of ${subject} validates asynchronously; options schemas must be synchronous.`,
      { details: { subject } },
    );
  }
  if (result.issues) {
    throw new InvalidOptionsError(
      subject,
      result.issues.flatMap((issue) => explainIssue(schema, options, issue)),
    );
  }
  return result.value as StandardSchemaV1.InferOutput<S>;
}
