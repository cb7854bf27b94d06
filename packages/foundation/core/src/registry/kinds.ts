import { kindGuards } from '@equipoise/kit';
import type { Kind } from '@equipoise/spec';

/** Every kind of component. */
export const kinds: readonly Kind[] = Object.freeze(Object.keys(kindGuards) as Kind[]);

/** Whether a value names a kind. */
export function isKind(value: unknown): value is Kind {
  return typeof value === 'string' && Object.hasOwn(kindGuards, value);
}
