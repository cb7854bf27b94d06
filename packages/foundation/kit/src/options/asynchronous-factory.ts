import type { Component, Kind, Kinds, RunContext } from '@equipoise/spec';
import { completeContext } from './factory.js';
import { withOrigin } from './origin.js';
import { validateOptions } from './validate-options.js';

/**
 * As `factory`, for components that are created asynchronously.
 *
 * @param component the component
 * @returns `(options, context?) => Promise<instance>`, which throws as the factory's function does
 */
export function asynchronousFactory<K extends Kind, N extends string, I, O>(
  component: Component<K, N, I, O>,
): (options: I, context?: Partial<RunContext>) => Promise<Kinds[K]> {
  return async (options, context) => {
    const valid = validateOptions(component.options, `${component.kind} "${component.name}"`, options) as O;
    return withOrigin(await component.create(valid, completeContext(context)), component, valid);
  };
}
