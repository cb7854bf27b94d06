import { readFile } from 'node:fs/promises';
import type { ComponentReference } from '@equipoise/spec';
import { usageError } from '../failure.js';

/**
 * A component named on the command line: its name, or JSON with `use` and `options`, or a JSON file.
 *
 * @param text what was given
 * @param option the option that it was given for, for messages
 * @throws EquipoiseError `EQUIPOISE_USAGE` if it is none of these
 */
export async function referenceOf(text: string, option: string): Promise<ComponentReference> {
  const value = await valueOf(text, option);
  const isReference =
    typeof value === 'object' && value !== null && typeof (value as { use?: unknown }).use === 'string';
  if (isReference) return value as ComponentReference;
  throw usageError(`${option} ${text}: expected a name, or { "use": "name", "options": {} } as JSON or in a file.`, {
    option,
    given: text,
  });
}

async function valueOf(text: string, option: string): Promise<unknown> {
  const isJson = text.trimStart().startsWith('{');
  if (!isJson && !text.endsWith('.json')) return { use: text };
  try {
    return JSON.parse(isJson ? text : await readFile(text, 'utf8')) as unknown;
  } catch (error) {
    throw usageError(`${option} ${text}: ${(error as Error).message}.`, { option, given: text });
  }
}
