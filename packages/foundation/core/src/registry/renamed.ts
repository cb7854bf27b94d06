import { suggestion } from '@equipoise/kit';
import {
  type AnyComponent,
  type Component,
  definePlugin,
  InvalidOptionsError,
  type Kind,
  type Plugin,
} from '@equipoise/spec';

/** A component under its new name, if it has one. */
export type RenamedComponent<C, Names> =
  C extends Component<infer K extends Kind, infer N, infer I, infer O>
    ? Component<K, N extends keyof Names ? Extract<Names[N], string> : N, I, O>
    : never;

/**
 * A plugin with other names for some of its components, for when two plugins bring the same name.
 *
 * @param plugin the plugin
 * @param names the new name of each component by its old name; components of that name of every kind are renamed
 * @throws InvalidOptionsError if the plugin has no component of an old name
 *
 * @example
 * registry.use(renamed(acme, { pgd: 'acme-pgd' }));
 */
export function renamed<
  const Id extends string,
  const C extends readonly AnyComponent[],
  const Names extends { readonly [N in C[number]['name']]?: string },
>(plugin: Plugin<Id, C>, names: Names): Plugin<Id, readonly RenamedComponent<C[number], Names>[]> {
  const existing = plugin.components.map(({ name }) => name);
  const issues = Object.keys(names)
    .filter((name) => !existing.includes(name))
    .map((name) => ({ path: [name], message: missing(name, existing) }));
  if (issues.length > 0) throw new InvalidOptionsError(`renamed(plugin "${plugin.id}")`, issues);
  const components = plugin.components.map((component) => {
    const name = (names as Readonly<Record<string, string | undefined>>)[component.name];
    return name === undefined ? component : Object.freeze({ ...component, name });
  });
  return definePlugin({ ...plugin, components }) as never;
}

function missing(name: string, existing: readonly string[]): string {
  const near = suggestion(name, existing);
  const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
  return `the plugin has no such component.${hint} It has: ${existing.join(', ')}`;
}
