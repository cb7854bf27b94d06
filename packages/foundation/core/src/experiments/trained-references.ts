import type { ComponentReference } from '@equipoise/spec';
import { isPlainObject } from '../registry/plain-object.js';

/** The name of the model that another row has trained. */
export const trainedName = 'trained';

/** The names of the rows whose trained models are asked for, at any depth below a value. */
export function trainedRowsIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(trainedRowsIn);
  if (!isPlainObject(value)) return [];
  const { use, options } = value as Partial<ComponentReference>;
  if (use === trainedName && isPlainObject(options) && typeof options['row'] === 'string') return [options['row']];
  return Object.values(value).flatMap(trainedRowsIn);
}
