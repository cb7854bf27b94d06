import type { Loss } from '@equipoise/spec';

/** One loss of a sum. */
export interface Term {
  /** Prefix of its parts and variables. */
  readonly name: string;
  /** The loss. */
  readonly loss: Loss;
  /** Its weight at a step. */
  weightAt(step: number, steps: number): number;
}

/** Runs `read` on every term's record and puts the results together under `name.key`. */
export function namespaced<T>(
  terms: readonly Term[],
  read: (term: Term, index: number) => Iterable<readonly [string, T]>,
): Map<string, T> {
  return new Map(
    terms.flatMap((term, index) =>
      Array.from(read(term, index), ([key, value]) => [`${term.name}.${key}`, value] as const),
    ),
  );
}

/** The entries of a namespaced record that belong to a term, by their own names. */
export function ofTerm<T>(term: Term, record: Readonly<Record<string, T>>): Record<string, T> {
  const prefix = `${term.name}.`;
  const own = Object.entries(record).filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value]));
}
