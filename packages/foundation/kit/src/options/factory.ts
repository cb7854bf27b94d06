import { type Component, EquipoiseError, type Kind, type Kinds, type RunContext } from '@equipoise/spec';
import { createRng } from '../random/create-rng.js';
import { withOrigin } from './origin.js';
import { validateOptions } from './validate-options.js';

/** The arguments of a factory: options may be left out where every option has a default. */
export type FactoryArguments<Options> =
  Record<never, never> extends Options
    ? [options?: Options, context?: Partial<RunContext>]
    : [options: Options, context?: Partial<RunContext>];

/**
 * Makes the function by which a component is created from code: it validates the same schema as the registry does, and
 * creates at once.
 *
 * The context may be given in part; what is missing is a stream from seed 0, no signal, and a report that nobody reads.
 *
 * @param component the component
 * @returns `(options, context?) => instance`; throws an InvalidOptionsError for wrong options
 * @throws EquipoiseError `EQUIPOISE_ASYNC_COMPONENT` from the returned function if the component creates asynchronously
 */
export function factory<K extends Kind, N extends string, I, O>(
  component: Component<K, N, I, O>,
): (...args: FactoryArguments<I>) => Kinds[K] {
  return (options?: I, context?: Partial<RunContext>) => {
    const subject = `${component.kind} "${component.name}"`;
    const valid = validateOptions(component.options, subject, options) as O;
    const created = component.create(valid, completeContext(context));
    if (created instanceof Promise) {
      created.catch(() => undefined);
      throw new EquipoiseError(
        'EQUIPOISE_ASYNC_COMPONENT',
        `The ${subject} is created asynchronously and cannot have a factory; create it through a registry.`,
        { details: { kind: component.kind, name: component.name } },
      );
    }
    return withOrigin(created as Kinds[K], component, valid);
  };
}

/** A context with what was not given: a stream from seed 0, no signal, and a report that nobody reads. */
export function completeContext(context: Partial<RunContext> = {}): RunContext {
  return { report: () => undefined, ...context, rng: context.rng ?? createRng(0) };
}
