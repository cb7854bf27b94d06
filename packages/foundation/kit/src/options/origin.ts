import type { ComponentReference, Kind } from '@equipoise/spec';

/** What an instance was made from. */
interface Origin {
  readonly use: string;
  readonly options: unknown;
}

const origins = new WeakMap<object, Origin>();

/**
 * Notes what an instance was made from, for {@link originOf}; the first note counts. Factories and registries do it.
 *
 * @param instance what a component created
 * @param component the component
 * @param options its valid options, with defaults; components among them are instances
 * @returns the instance
 */
export function withOrigin<T>(
  instance: T,
  component: { readonly kind: Kind; readonly name: string },
  options: unknown,
): T {
  const isNew = typeof instance === 'object' && instance !== null && !origins.has(instance);
  if (isNew) origins.set(instance, { use: component.name, options });
  return instance;
}

/**
 * What a component's instance was made from, as it could stand in an experiment: JSON, with all defaults.
 *
 * @param instance an instance of any kind
 * @returns `undefined` if it was written by hand, or if its options hold something that JSON cannot say, such as a function
 */
export function originOf(instance: object): ComponentReference | undefined {
  return origin(instance, []);
}

/** `above` are the instances that hold this one; one that a component has passed on holds itself, and is not described by that. */
function origin(instance: object, above: readonly object[]): ComponentReference | undefined {
  const known = above.includes(instance) ? undefined : origins.get(instance);
  const options = known && toJson(known.options ?? {}, [...above, instance]);
  return known && options && { use: known.use, options: options.value };
}

/** `undefined` for what JSON cannot say. */
function toJson(value: unknown, above: readonly object[]): { readonly value: unknown } | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return { value };
  if (typeof value === 'number') return Number.isFinite(value) ? { value } : undefined;
  if (typeof value !== 'object') return undefined;
  const reference = origin(value, above);
  if (reference) return { value: reference };
  if (Array.isArray(value)) {
    const entries = value.map((entry) => toJson(entry, above));
    return entries.includes(undefined) ? undefined : { value: entries.map((entry) => entry?.value) };
  }
  if (Object.getPrototypeOf(value) !== Object.prototype || above.includes(value)) return undefined;
  const entries = Object.entries(value)
    .filter(([, entry]) => entry !== undefined)
    .map(([key, entry]) => [key, toJson(entry, above)] as const);
  if (entries.some(([, entry]) => entry === undefined)) return undefined;
  return { value: Object.fromEntries(entries.map(([key, entry]) => [key, entry?.value])) };
}
