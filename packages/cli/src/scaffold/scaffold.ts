import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StorageError, type Kind } from '@equipoise/spec';
import { usageError } from '../failure.js';
import { readCommandManifest, pluginManifest } from './manifest.js';
import { checkPackageName, namesOf } from './names.js';
import { readTemplate, type TemplateFile } from './template.js';

/** What to scaffold. */
export interface ScaffoldOptions {
  /** What the component is. */
  readonly kind: Kind;
  /** Name of the component: lower-case words joined by hyphens. */
  readonly name: string;
  /** The folder to write to; it may exist if it is empty. */
  readonly folder: string;
  /** Name of the npm package. */
  readonly packageName: string;
}

/**
 * Writes a plugin package with one component that works, its tests and a README.
 *
 * Nothing that exists is overwritten. The ranges of dependencies are those of this command's own package.json.
 *
 * @returns the paths of the files, relative to the folder, sorted
 * @throws EquipoiseError `EQUIPOISE_USAGE` for a kind without a template and for names that cannot be used
 * @throws StorageError if the folder is not empty, is a file, or cannot be written
 */
export async function scaffold({ kind, name, folder, packageName }: ScaffoldOptions): Promise<readonly string[]> {
  if (kind === 'backend') {
    throw usageError(
      'There is no template for a backend: what it needs depends on the kernels that it brings. ' +
        'docs/guides/backend.md shows a whole one; packages/backends/cpu is the smallest.',
      { kind },
    );
  }
  const names = namesOf(kind, name);
  checkPackageName(packageName);
  const command = await readCommandManifest();
  const template = await readTemplate(kind, names, packageName);
  requireDistinct(name, template);
  const manifest = pluginManifest(command, { packageName, kind, name, files: template });
  const files = [{ path: 'package.json', text: `${JSON.stringify(manifest, null, 2)}\n` }, ...template];
  await requireEmpty(folder);
  await writeAll(folder, files);
  return files.map(({ path }) => path).sort();
}

function requireDistinct(name: string, files: readonly TemplateFile[]): void {
  const paths = files.map(({ path }) => path);
  const twice = paths.find((path, index) => paths.indexOf(path) !== index);
  if (twice === undefined) return;
  throw usageError(`"${name}" cannot be the name here: the package has another file ${twice}. Choose another name.`, {
    name,
    path: twice,
  });
}

async function requireEmpty(folder: string): Promise<void> {
  const entries = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new StorageError(`${folder} cannot be used: ${error.message}. Nothing was written.`, { folder }, error);
  });
  if (entries.length === 0) return;
  throw new StorageError(
    `The folder ${folder} is not empty (${entries.slice(0, 3).join(', ')}${entries.length > 3 ? ', …' : ''}). ` +
      'Nothing was written; give another folder with --folder.',
    { folder, entries },
  );
}

async function writeAll(folder: string, files: readonly TemplateFile[]): Promise<void> {
  for (const { path, text } of files) {
    try {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text, { flag: 'wx' });
    } catch (error) {
      throw new StorageError(
        `${join(folder, path)} could not be written: ${(error as Error).message}.`,
        { folder, path },
        error,
      );
    }
  }
}
