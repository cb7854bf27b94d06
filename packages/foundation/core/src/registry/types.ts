import type { AnyComponent, Component, Kind, Kinds, Plugin, RunContext } from '@equipoise/spec';

/** The names of a kind among components. */
export type NameOf<E extends AnyComponent, K extends Kind> = Extract<
  E,
  {
    /** The kind. */
    kind: K;
  }
>['name'];

/** The component of a kind and name. */
export type FindComponent<E extends AnyComponent, K extends Kind, N> = Extract<
  E,
  {
    /** The kind. */
    kind: K;
    /** The name. */
    name: N;
  }
>;

/** The options that a component takes. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type OptionsOf<C> = C extends Component<Kind, string, infer I, any> ? I : never;

/** A line of a registry's list. */
export interface ComponentEntry<K extends Kind = Kind, N extends string = string> {
  /** What it makes. */
  readonly kind: K;
  /** Its name within the kind. */
  readonly name: N;
  /** What it is, in a line. */
  readonly description: string;
  /** Name of the package that brings it. */
  readonly pluginId: string;
}

/** What there is to know about a component without creating it. */
export interface ComponentDescription extends ComponentEntry {
  /** The options as JSON Schema (2020-12); `undefined` if the component's schema library cannot give one. */
  readonly optionsSchema: JsonSchema | undefined;
  /** Options to show. */
  readonly example: unknown;
  /** The options that hold other components, with the kind of each. */
  readonly references: Readonly<Record<string, Kind>>;
}

/** A JSON Schema. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A registry whatever its components are: what works with names from JSON or a command line asks for no more. */
export interface AnyRegistry {
  /**
   * A new registry that has a plugin's components too.
   *
   * @throws UnsupportedSpecVersionError, InvalidPluginError, DuplicateComponentError
   */
  use(plugin: Plugin): AnyRegistry;
  /**
   * Creates a component by a name and options that come from data.
   *
   * Inside the options that the component names in `references`, `{ use, options }` stands for another component.
   *
   * @throws NoSuchComponentError with what is available and the nearest name
   * @throws InvalidOptionsError with every fault and its path, those of components inside the options too
   * @throws InvalidPluginError if what was created is not of its kind
   */
  createUnknown<K extends Kind>(kind: K, name: string, options: unknown, context: RunContext): Promise<Kinds[K]>;
  /**
   * Checks a name and options as `createUnknown` does, and creates nothing.
   *
   * @throws NoSuchComponentError, InvalidOptionsError
   */
  validate(kind: Kind, name: string, options: unknown): void;
  /** The components of a kind (of every kind if none is given), ordered by name. */
  list<K extends Kind = Kind>(kind?: K): readonly ComponentEntry<K>[];
  /** What there is to know about a component; throws a `NoSuchComponentError`. */
  describe(kind: Kind, name: string): ComponentDescription;
  /** The component itself; throws a `NoSuchComponentError`. */
  get(kind: Kind, name: string): AnyComponent;
}

/** The components of the plugins that were put to use; never changes. */
export interface Registry<E extends AnyComponent = never> extends AnyRegistry {
  /**
   * A new registry that has a plugin's components too.
   *
   * @throws UnsupportedSpecVersionError, InvalidPluginError, DuplicateComponentError
   */
  use<const P extends Plugin>(plugin: P): Registry<E | P['components'][number]>;
  /** Creates a component; name, kind and options are known to the compiler. Throws as `createUnknown` does. */
  create<K extends Kind, N extends NameOf<E, K>>(
    kind: K,
    name: N,
    options: OptionsOf<FindComponent<E, K, N>>,
    context: RunContext,
  ): Promise<Kinds[K]>;
  /** The components of a kind (of every kind if none is given), ordered by name. */
  list<K extends Kind = Kind>(kind?: K): readonly ComponentEntry<K, NameOf<E, K>>[];
}
