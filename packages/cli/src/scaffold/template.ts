import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import type { Kind } from '@equipoise/spec';
import type { Names } from './names.js';

/** A file of a package that is written. */
export interface TemplateFile {
  /** Where, relative to the package's folder, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** The folder of this package, from the sources and from `dist` alike. */
export const commandFolder = dirname(createRequire(import.meta.url).resolve('@equipoise/cli/package.json'));

/**
 * The files of a kind's template under a component's own names.
 *
 * Templates are packages that work as they stand, with a component called `my-<kind>`; its names are what is replaced.
 */
export async function readTemplate(kind: Kind, names: Names, packageName: string): Promise<TemplateFile[]> {
  const rename = renamer(kind, names, packageName);
  const folders = ['common', kind].map((name) => join(commandFolder, 'templates', name));
  const files = (await Promise.all(folders.map(filesIn))).flat();
  return files.map(({ path, text }) => ({ path: publishedAs(rename(path)), text: rename(text) }));
}

function renamer(kind: Kind, { kebab, camel, pascal }: Names, packageName: string): (text: string) => string {
  const Kind = kind.slice(0, 1).toUpperCase() + kind.slice(1);
  const replacements: Readonly<Record<string, string>> = {
    [`equipoise-plugin-my-${kind}`]: packageName,
    [`my-${kind}`]: kebab,
    [`my${Kind}`]: camel,
    [`My${Kind}`]: pascal,
  };
  const pattern = new RegExp(Object.keys(replacements).join('|'), 'g');
  return (text) => text.replace(pattern, (found) => replacements[found] as string);
}

async function filesIn(folder: string): Promise<TemplateFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    paths.map(async (path) => ({
      path: relative(folder, path).split(sep).join('/'),
      text: await readFile(path, 'utf8'),
    })),
  );
}

/** npm leaves files named `.gitignore` out of packages, so the template's has no dot. */
function publishedAs(path: string): string {
  return path === 'gitignore' ? '.gitignore' : path;
}
