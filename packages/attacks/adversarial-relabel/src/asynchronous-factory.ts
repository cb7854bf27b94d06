import { createRng, validateOptions, withOrigin } from '@equipoise/kit';
import type { Component, Kind, Kinds, RunContext } from '@equipoise/spec';

/**
 * As kit's `factory`, for components that are created asynchronously.
 *
 * @param component the component
 * @returns `(options, context?) => Promise<instance>`
 */
export function asynchronousFactory<K extends Kind, N extends string, I, O>(
  component: Component<K, N, I, O>,
): (options: I, context?: Partial<RunContext>) => Promise<Kinds[K]> {
  return async (options, context = {}) => {
    const valid = validateOptions(component.options, `${component.kind} "${component.name}"`, options) as O;
    const complete = { report: () => undefined, ...context, rng: context.rng ?? createRng(0) };
    return withOrigin(await component.create(valid, complete), component, valid);
  };
}
