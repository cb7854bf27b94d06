import { kindGuards, suggestion, validateOptions, withOrigin } from '@equipoise/kit';
import {
  type AnyComponent,
  DuplicateComponentError,
  InvalidOptionsError,
  InvalidPluginError,
  type Kind,
  type Kinds,
  NoSuchComponentError,
  type Plugin,
  type RunContext,
} from '@equipoise/spec';
import { checkPlugin } from './check-plugin.js';
import { optionsJsonSchema } from './json-schema.js';
import { isKind, kinds } from './kinds.js';
import { type FoundReference, type OptionPath, replaceReferences } from './references.js';
import type { ComponentDescription, ComponentEntry, Registry } from './types.js';
import { optionIssues } from './validate.js';

interface Owned {
  readonly component: AnyComponent;
  readonly pluginId: string;
}
type Owners = ReadonlyMap<string, Owned>;

/**
 * Makes a registry without components; put plugins to use with `use`, which gives a new registry each time.
 *
 * @example
 * const registry = createRegistry().use(losses).use(models);
 * const loss = await registry.create('loss', 'cross-entropy', {}, createContext({ seed: 1 }));
 */
export function createRegistry(): Registry {
  return registryOf(new Map()) as unknown as Registry;
}

function registryOf(owners: Owners): Registry<AnyComponent> {
  const find = (kind: Kind, name: string): Owned => findOwned(owners, kind, name);
  const findComponent = (kind: Kind, name: string): AnyComponent => find(kind, name).component;

  const validate = (kind: Kind, name: string, options: unknown): void => {
    const issues = optionIssues(findComponent, findComponent(kind, name), options);
    if (issues.length > 0) throw new InvalidOptionsError(`${kind} "${name}"`, issues);
  };
  const createUnknown = async <K extends Kind>(kind: K, name: string, options: unknown, context: RunContext) => {
    validate(kind, name, options);
    return instantiate(find, kind, name, options, context, []);
  };
  const registry: Registry<AnyComponent> = {
    use: (plugin) => registryOf(withPlugin(owners, plugin)) as never,
    create: createUnknown,
    createUnknown,
    validate,
    list: (kind) => listOwned(owners, kind) as never,
    describe: (kind, name) => describe(find(kind, name)),
    get: findComponent,
  };
  return Object.freeze(registry);
}

function withPlugin(owners: Owners, value: Plugin): Owners {
  const plugin = checkPlugin(value);
  const next = new Map(owners);
  for (const component of plugin.components) {
    const key = keyOf(component.kind, component.name);
    const other = next.get(key);
    if (other) throw new DuplicateComponentError(component.kind, component.name, [other.pluginId, plugin.id]);
    next.set(key, { component, pluginId: plugin.id });
  }
  return next;
}

function findOwned(owners: Owners, kind: Kind, name: string): Owned {
  const owned = owners.get(keyOf(kind, name));
  if (owned) return owned;
  if (!isKind(kind)) throw new NoSuchComponentError('kind', String(kind), kinds, suggestion(String(kind), kinds));
  const available = listOwned(owners, kind).map((entry) => entry.name);
  throw new NoSuchComponentError(kind, name, available, suggestion(name, available));
}

async function instantiate<K extends Kind>(
  find: (kind: Kind, name: string) => Owned,
  kind: K,
  name: string,
  options: unknown,
  context: RunContext,
  path: OptionPath,
): Promise<Kinds[K]> {
  const { component, pluginId } = find(kind, name);
  const found: FoundReference[] = [];
  replaceReferences(options, component.references, path, (reference) => found.push(reference));
  const made = new Map<string, unknown>();
  for (const { kind: innerKind, reference, path: place } of found) {
    const rng = context.rng.fork('component').fork(place.join('.'));
    const inner = { ...context, rng };
    const innerPath = [...place, 'options'];
    made.set(place.join('.'), await instantiate(find, innerKind, reference.use, reference.options, inner, innerPath));
  }
  const resolved = replaceReferences(options, component.references, path, (one) => made.get(one.path.join('.')));
  const valid = validateOptions(component.options, `${kind} "${name}"`, resolved);
  const instance: unknown = await component.create(valid as never, context);
  if (!kindGuards[kind](instance)) {
    throw new InvalidPluginError(`${kind} "${name}" of plugin "${pluginId}"`, [`what it creates is no ${kind}`]);
  }
  return withOrigin(instance, component, valid);
}

function listOwned(owners: Owners, kind?: Kind): ComponentEntry[] {
  return [...owners.values()]
    .filter(({ component }) => kind === undefined || component.kind === kind)
    .map(entryOf)
    .sort((a, b) => (keyOf(a.kind, a.name) < keyOf(b.kind, b.name) ? -1 : 1));
}

function entryOf({ component, pluginId }: Owned): ComponentEntry {
  const { kind, name, description } = component;
  return { kind, name, description, pluginId };
}

function describe(owned: Owned): ComponentDescription {
  const { component } = owned;
  return {
    ...entryOf(owned),
    optionsSchema: optionsJsonSchema(component),
    example: component.example ?? {},
    references: component.references ?? {},
  };
}

function keyOf(kind: Kind, name: string): string {
  return `${kind}/${name}`;
}
