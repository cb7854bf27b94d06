import { DataError, ShapeError, type StateArray } from '@equipoise/spec';
import type { MethodRun } from '@equipoise/training';

type Arrays = Readonly<Record<string, StateArray>>;

/** A part of a run that goes into checkpoints. */
export interface StatePart {
  /** What a checkpoint holds of it; always the same names. */
  capture?(): Promise<Arrays>;
  /** The shape of each of its arrays, by name; those that may be absent are left out of `required`. */
  readonly expects?: Readonly<Record<string, readonly number[]>>;
  /** Takes in what `capture` gave, after its shapes were checked. */
  restore?(arrays: Arrays): void;
  /** Frees what it holds. */
  dispose?(): void;
}

/** Several parts as one, each under its name; the arrays of all are checked before any is restored. */
export function joined(
  parts: Readonly<Record<string, StatePart>>,
): Required<Pick<MethodRun, 'capture' | 'restore' | 'dispose'>> {
  const entries = Object.entries(parts);
  return {
    capture: async () => {
      const all = entries.map(async ([name, part]) => prefixed(name, (await part.capture?.()) ?? {}));
      return Object.assign({}, ...(await Promise.all(all))) as Arrays;
    },
    restore: (arrays) => {
      const expected = entries.flatMap(([name, { expects = {} }]) => Object.entries(prefixed(name, expects)));
      check(arrays, new Map(expected));
      for (const [name, part] of entries) part.restore?.(ofPart(name, arrays));
    },
    dispose: () => {
      for (const [, part] of entries) part.dispose?.();
    },
  };
}

function prefixed<T>(name: string, record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [`${name}.${key}`, value]));
}

function ofPart(name: string, arrays: Arrays): Arrays {
  const own = Object.entries(arrays).filter(([key]) => key.startsWith(`${name}.`));
  return Object.fromEntries(own.map(([key, array]) => [key.slice(name.length + 1), array]));
}

function check(arrays: Arrays, expected: ReadonlyMap<string, readonly number[]>): void {
  const missing = [...expected.keys()].filter((name) => !Object.hasOwn(arrays, name));
  const unknown = Object.keys(arrays).filter((name) => !expected.has(name));
  if (missing.length > 0 || unknown.length > 0) {
    throw new DataError(
      'The saved state belongs to other options of trainer "adversarial"; ' +
        `missing: ${missing.join(', ') || 'none'}; not expected: ${unknown.join(', ') || 'none'}.`,
      { missing, unknown },
    );
  }
  for (const [name, shape] of expected) {
    const actual = (arrays[name] as StateArray).shape;
    const isSame = actual.length === shape.length && actual.every((length, axis) => length === shape[axis]);
    if (!isSame) throw new ShapeError(`"${name}"`, shape, actual);
  }
}
