import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Analysis } from './analysis.js';
import type { Attack } from './attack.js';
import type { Backend } from './backend.js';
import type { RunContext } from './context.js';
import type { Dataset } from './dataset.js';
import type { Loss } from './loss.js';
import type { Model } from './model.js';
import type { Trainer } from './trainer.js';

/** The kinds of components and what a component of that kind makes. A closed list: a new kind is a release of spec. */
export interface Kinds {
  dataset: Dataset;
  model: Model;
  loss: Loss;
  attack: Attack;
  trainer: Trainer;
  analysis: Analysis;
  backend: Backend;
}

/** The name of a kind. */
export type Kind = keyof Kinds;

/** A reference to a component inside options, as it stands in JSON. */
export interface ComponentReference {
  /** The name of the component. */
  readonly use: string;
  /** Its options; `{}` if absent. */
  readonly options?: unknown;
}

/** The description of a thing that can be made from options: a frozen plain object. */
export interface Component<K extends Kind, N extends string, OptionsIn, OptionsOut = OptionsIn> {
  /** Version of the contracts that this was written for. */
  readonly specVersion: 1;
  /** What it makes. */
  readonly kind: K;
  /** Its name within the kind: lower-case words joined by hyphens. */
  readonly name: N;
  /** What it is, in a line, for lists. */
  readonly description: string;
  /** The schema that validates the options and fills in the defaults; any Standard Schema. */
  readonly options: StandardSchemaV1<OptionsIn, OptionsOut>;
  /** Options to show and to test with, where `{}` is not valid or is too slow. */
  readonly example?: OptionsIn;
  /**
   * The options that hold other components, with the kind of each. At every depth below such an option, the registry
   * replaces `{ use, options }` by the component that it makes, before the schema validates.
   */
  readonly references?: Readonly<Record<string, Kind>>;
  /** Makes it from valid options. */
  create(options: OptionsOut, context: RunContext): Kinds[K] | Promise<Kinds[K]>;
}

/** A component of any kind, name and options. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyComponent = { [K in Kind]: Component<K, string, any, any> }[Kind];

/** A package's components, to be put to use in a registry: a frozen plain object. */
export interface Plugin<Id extends string = string, C extends readonly AnyComponent[] = readonly AnyComponent[]> {
  /** Version of the contracts that this was written for. */
  readonly specVersion: 1;
  /** Name of the npm package. */
  readonly id: Id;
  /** What it brings. */
  readonly components: C;
}

/** Freezes a component and infers its types. */
export function defineComponent<const K extends Kind, const N extends string, I, O>(
  component: Component<K, N, I, O>,
): Component<K, N, I, O> {
  return Object.freeze({ ...component });
}

/** Freezes a plugin and infers its types. */
export function definePlugin<const Id extends string, const C extends readonly AnyComponent[]>(
  plugin: Plugin<Id, C>,
): Plugin<Id, C> {
  return Object.freeze({ ...plugin, components: Object.freeze([...plugin.components]) as unknown as C });
}
