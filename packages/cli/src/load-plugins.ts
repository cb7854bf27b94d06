import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkPlugin } from '@equipoise/core';
import { EquipoiseError, type Plugin } from '@equipoise/spec';

/** A plugin as its module gives it. */
export interface LoadedModule {
  readonly plugin: Plugin;
  /** Everything that the module exports. */
  readonly exports: Readonly<Record<string, unknown>>;
}

/** The file that a package's folder gives to `import`: the entry `.` of its `exports`, or its `main`. */
function entryOf(folder: string): string {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    exports?: string | { '.'?: string | Record<string, string> };
    main?: string;
  };
  const own = typeof manifest.exports === 'string' ? manifest.exports : manifest.exports?.['.'];
  const entry = typeof own === 'string' ? own : (own?.['default'] ?? own?.['import'] ?? manifest.main ?? 'index.js');
  const path = join(folder, entry);
  if (existsSync(path)) return path;
  throw new EquipoiseError(
    'EQUIPOISE_PLUGIN_NOT_FOUND',
    `${join(folder, 'package.json')} names the entry ${entry}, which does not exist. Build the package first (npm run build).`,
    { details: { folder, entry } },
  );
}

/** What to import for a module that was named on the command line: a package's folder, a file, or the name of a package. */
function locate(name: string, from: string): string {
  const path = resolve(from, name);
  if (existsSync(join(path, 'package.json'))) return pathToFileURL(entryOf(path)).href;
  if (existsSync(path)) return pathToFileURL(path).href;
  try {
    const manifest = createRequire(join(from, 'package.json')).resolve(`${name}/package.json`);
    return pathToFileURL(entryOf(join(manifest, '..'))).href;
  } catch (error) {
    if (EquipoiseError.isInstance(error)) throw error;
    throw new EquipoiseError(
      'EQUIPOISE_PLUGIN_NOT_FOUND',
      `There is no plugin "${name}": no file or folder of that name here, and no such package is installed. Install it with npm, or give its path.`,
      { details: { name, from }, cause: error },
    );
  }
}

/**
 * Imports a plugin package.
 *
 * @param name a folder with a package.json, a file, or the name of an installed package
 * @param from the folder that relative names start from
 * @throws EquipoiseError `EQUIPOISE_PLUGIN_NOT_FOUND`, or an InvalidPluginError if the module exports no plugin
 */
export async function loadPlugin(name: string, from: string = process.cwd()): Promise<LoadedModule> {
  const exports = (await import(locate(name, from))) as Record<string, unknown>;
  checkPlugin(exports['plugin']);
  return { plugin: exports['plugin'] as Plugin, exports };
}
