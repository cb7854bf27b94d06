import { join, resolve } from 'node:path';
import { installFailure } from './failure.js';
import type { InstallOptions } from './install.js';
import { libraryIn, type Library } from './library.js';
import { fetchLibrary, type InstallContext, libraryFetched, libraryOfPython } from './python.js';
import { installedSources } from './sources.js';

/**
 * The library that the options ask for; else the first of: what @tensorflow/tfjs-node downloaded itself, what pip fetched before, and what
 * Python has.
 */
export async function findLibrary(context: InstallContext, options: InstallOptions): Promise<Library> {
  const { libtensorflow, pip } = options;
  if (libtensorflow !== undefined) return namedLibrary(resolve(libtensorflow));
  if (pip !== undefined && pip !== false) return fetchLibrary(context, pip === true ? undefined : pip);
  const found = downloaded() ?? (await libraryFetched(context)) ?? (await libraryOfPython(context));
  if (found !== undefined) return found;
  throw installFailure(
    'library',
    'No libtensorflow was found: not in @tensorflow/tfjs-node, not in the cache folder, not in Python. ' +
      'Let pip fetch one (--pip), or name the folder of one (--libtensorflow DIR).',
  );
}

function namedLibrary(folder: string): Library {
  const library = libraryIn(folder, `the library in ${folder}`);
  if (library !== undefined) return library;
  throw installFailure(
    'library',
    `There is no libtensorflow with its headers in ${folder}: expected are include/tensorflow/c and lib/libtensorflow.*, as in the C library of TensorFlow, ` +
      'or include and libtensorflow_cc.* side by side, as in site-packages/tensorflow.',
    { folder },
  );
}

/** What the install script of @tensorflow/tfjs-node has downloaded. */
function downloaded(): Library | undefined {
  const sources = installedSources();
  return sources && libraryIn(join(sources.folder, 'deps'), 'what @tensorflow/tfjs-node has downloaded');
}
