import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkPlugin } from '@equipoise/core';
import { EquipoiseError, InvalidPluginError, type Plugin } from '@equipoise/spec';

/** A plugin as its module gives it. */
export interface LoadedModule {
  /** What the module exports as `plugin`. */
  readonly plugin: Plugin;
  /** Everything that the module exports. */
  readonly exports: Readonly<Record<string, unknown>>;
}

type Entry = string | { readonly [condition: string]: Entry } | undefined;

/** When the command runs from the repository's sources, so do the repository's plugins. */
const conditions = [...(import.meta.url.endsWith('.ts') ? ['@equipoise/source'] : []), 'node', 'import', 'default'];

function underConditions(entry: Entry): string | undefined {
  if (entry === undefined || typeof entry === 'string') return entry;
  return conditions.map((condition) => underConditions(entry[condition])).find((path) => path !== undefined);
}

function notFound(message: string, details: Readonly<Record<string, unknown>>, cause?: unknown): EquipoiseError {
  return new EquipoiseError('EQUIPOISE_PLUGIN_NOT_FOUND', message, { details, cause });
}

/** The file that a package's folder gives to `import`: the entry `.` of its `exports`, or its `main`. */
function entryOf(folder: string): string {
  const manifest = join(folder, 'package.json');
  let fields: { readonly exports?: Entry; readonly main?: string };
  try {
    fields = JSON.parse(readFileSync(manifest, 'utf8')) as typeof fields;
  } catch (error) {
    throw notFound(`${manifest} cannot be read: ${(error as Error).message}.`, { folder }, error);
  }
  const { exports, main = 'index.js' } = fields;
  const own = typeof exports === 'object' && '.' in exports ? exports['.'] : exports;
  const entry = underConditions(own) ?? main;
  const path = join(folder, entry);
  if (existsSync(path)) return path;
  throw notFound(
    `${manifest} names the entry ${entry}, which does not exist. Build the package first (npm run build).`,
    { folder, entry },
  );
}

/** The file to import for what was named on the command line: a package's folder, a file, or the name of a package. */
function locate(name: string, from: string): string {
  const path = resolve(from, name);
  if (existsSync(join(path, 'package.json'))) return entryOf(path);
  if (existsSync(path)) {
    if (!statSync(path).isDirectory()) return path;
    throw notFound(`The folder ${path} has no package.json; expected the folder of a package, or a file.`, { name });
  }
  try {
    const manifest = createRequire(join(from, 'package.json')).resolve(`${name}/package.json`);
    return entryOf(join(manifest, '..'));
  } catch (error) {
    if (EquipoiseError.isInstance(error)) throw error;
    throw notFound(
      `There is no plugin "${name}": no file or folder of that name here, and no such package is installed. Install it with npm, or give its path.`,
      { name, from },
      error,
    );
  }
}

/** Where in a file an error was thrown, if its stack tells. */
function placeOf(error: unknown, file: string): string {
  const [, after] = (error instanceof Error ? (error.stack ?? '') : '').split(`${file}:`);
  const line = Number.parseInt(after ?? '', 10);
  return Number.isNaN(line) ? '' : ` (line ${line})`;
}

async function importFile(file: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (error) {
    throw new EquipoiseError(
      'EQUIPOISE_INVALID_PLUGIN',
      `${file} cannot be imported${placeOf(error, file)}: ${String(error)}`,
      {
        details: { file },
        cause: error,
      },
    );
  }
}

/**
 * Imports a plugin package.
 *
 * @param name a folder with a package.json, a file, or the name of an installed package
 * @param from the folder that relative names start from
 * @throws EquipoiseError `EQUIPOISE_PLUGIN_NOT_FOUND`, or `EQUIPOISE_INVALID_PLUGIN` if the module cannot be imported or exports
 * no plugin
 * @throws UnsupportedSpecVersionError if it was written for other contracts
 */
export async function loadPlugin(name: string, from: string = process.cwd()): Promise<LoadedModule> {
  const file = locate(name, from);
  const exports = await importFile(file);
  if (exports['plugin'] === undefined) {
    const others = Object.keys(exports).join(', ') || 'nothing';
    throw new InvalidPluginError(file, [`expected an export "plugin", made with definePlugin; it exports ${others}`]);
  }
  return { plugin: checkPlugin(exports['plugin']), exports };
}
