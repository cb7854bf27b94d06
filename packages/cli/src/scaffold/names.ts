import type { Kind } from '@equipoise/spec';
import { usageError } from '../failure.js';

/** The forms of a component's name. */
export interface Names {
  /** As it stands in experiments, such as `edge-noise`. */
  readonly kebab: string;
  /** The factory, such as `edgeNoiseAttack`. */
  readonly camel: string;
  /** The beginning of its types, such as `EdgeNoiseAttack`. */
  readonly pascal: string;
}

const componentName = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const packageName = /^(@[a-z0-9-~][a-z0-9-._~]*\/)?[a-z0-9-~][a-z0-9-._~]*$/;
const longestPackageName = 214;

/**
 * The forms of a component's name. Identifiers end in the kind, so that they are never a reserved word and never collide
 * with what a template imports: `focal` becomes `focalLoss`, `focal-loss` too.
 *
 * @throws EquipoiseError `EQUIPOISE_USAGE` if the name is not lower-case words joined by hyphens
 */
export function namesOf(kind: Kind, name: string): Names {
  if (!componentName.test(name)) {
    throw usageError(
      `"${name}" cannot be the name of a component; expected lower-case words joined by hyphens, such as my-${kind}.`,
      { name },
    );
  }
  const words = name.endsWith(`-${kind}`) ? name.split('-') : [...name.split('-'), kind];
  const pascal = words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join('');
  return { kebab: name, camel: pascal.slice(0, 1).toLowerCase() + pascal.slice(1), pascal };
}

/**
 * Refuses what npm would not take as the name of a package.
 *
 * @throws EquipoiseError `EQUIPOISE_USAGE`
 */
export function checkPackageName(name: string): void {
  if (packageName.test(name) && name.length <= longestPackageName) return;
  throw usageError(
    `"${name}" cannot be the name of a package; expected lower-case letters, digits and hyphens, with a scope such as @you/ or without.`,
    { packageName: name },
  );
}
