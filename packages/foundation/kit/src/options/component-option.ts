import type { Kind, Kinds } from '@equipoise/spec';
import * as z from 'zod';
import { kindGuards } from './kind-guards.js';

/**
 * A schema for an option that holds a component, such as the losses of a sum.
 *
 * It accepts an instance of that kind, known by its methods. The registry puts the instance in the place of
 * `{ use, options }` before the schema validates; name the option in `Component.references`. In JSON Schema the option
 * accepts anything and carries `equipoiseKind`, from which a registry can fill in what it knows.
 *
 * @param kind the kind of the component
 * @param example a name that fits, for the message where something else or nothing is given
 */
export function componentOption<K extends Kind>(kind: K, example = '…'): z.ZodType<Kinds[K], Kinds[K]> {
  const article = /^[aeiou]/.test(kind) ? 'an' : 'a';
  const schema = z
    .unknown()
    .refine(kindGuards[kind], { error: `Expected ${article} ${kind}, or { "use": "${example}" } naming one.` })
    .meta({ equipoiseKind: kind });
  return schema as unknown as z.ZodType<Kinds[K], Kinds[K]>;
}
