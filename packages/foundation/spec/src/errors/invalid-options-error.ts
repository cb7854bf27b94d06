import type { StandardSchemaV1 } from '@standard-schema/spec';
import { EquipoiseError } from './equipoise-error.js';

/** Thrown when options do not satisfy their schema; `details.issues` lists every fault with its path. */
export class InvalidOptionsError extends EquipoiseError {
  /**
   * @param subject what the options are for, such as `loss "fcl"`
   * @param issues the faults that the schema found
   */
  constructor(subject: string, issues: readonly StandardSchemaV1.Issue[]) {
    const lines = issues.map((issue) => `  ${formatPath(issue.path) || '(options)'}: ${issue.message}`);
    super('EQUIPOISE_INVALID_OPTIONS', `Invalid options for ${subject}:\n${lines.join('\n')}`, {
      details: { subject, issues: issues.map(({ message, path }) => ({ message, path: formatPath(path) })) },
    });
  }
}

function formatPath(path: StandardSchemaV1.Issue['path']): string {
  return (path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
}
