import { kindGuards } from '@equipoise/kit';
import type { ComponentReference, Kind } from '@equipoise/spec';
import { isPlainObject } from './plain-object.js';

/** A place in options: keys and indices from the outermost options inwards. */
export type OptionPath = readonly (string | number)[];

/** A reference found inside options. */
export interface FoundReference {
  readonly kind: Kind;
  readonly reference: ComponentReference;
  readonly path: OptionPath;
}

/** Whether a value is `{ use }` or `{ use, options }`. */
function isReference(value: unknown): value is ComponentReference {
  return (
    isPlainObject(value) &&
    typeof value['use'] === 'string' &&
    Object.keys(value).every((key) => key === 'use' || key === 'options')
  );
}

/**
 * A copy of options in which every reference has been replaced.
 *
 * References are looked for at every depth below the options named in `references`; components that stand there
 * already as instances are left as they are.
 *
 * @param options the options of a component
 * @param references the options that hold components, with the kind of each
 * @param path where the options stand
 * @param replace gives what stands in the place of a reference
 */
export function replaceReferences(
  options: unknown,
  references: Readonly<Record<string, Kind>> | undefined,
  path: OptionPath,
  replace: (found: FoundReference) => unknown,
): unknown {
  if (references === undefined || !isPlainObject(options)) return options;
  return Object.fromEntries(
    Object.entries(options).map(([option, value]) => {
      const kind = Object.hasOwn(references, option) ? references[option] : undefined;
      return [option, kind === undefined ? value : replaceBelow(value, kind, [...path, option], replace)];
    }),
  );
}

function replaceBelow(
  value: unknown,
  kind: Kind,
  path: OptionPath,
  replace: (found: FoundReference) => unknown,
): unknown {
  if (kindGuards[kind](value)) return value;
  if (isReference(value)) return replace({ kind, reference: value, path });
  if (Array.isArray(value)) return value.map((entry, index) => replaceBelow(entry, kind, [...path, index], replace));
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, replaceBelow(entry, kind, [...path, key], replace)]),
  );
}
