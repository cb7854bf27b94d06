import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A libtensorflow with its headers. */
export interface Library {
  /** Where it comes from, in words. */
  readonly origin: string;
  /** Folder of the shared libraries. */
  readonly folder: string;
  /** Folder of the headers. */
  readonly include: string;
  /** File names of the libraries to link. */
  readonly files: readonly string[];
  /** Version by its headers, where they tell. */
  readonly version?: string | undefined;
}

/** The oldest TensorFlow that is taken: what @tensorflow/tfjs-node 4.22 was made for. */
export const oldestVersion = '2.9';

/**
 * Looks for a libtensorflow in a folder: that of the C library (`include`, `lib`), that of a Python wheel (`include` and libraries side by
 * side), or the folder that holds the wheel's folder `tensorflow`.
 */
export function libraryIn(folder: string, origin: string): Library | undefined {
  for (const [include, libraries] of [
    [join(folder, 'include'), folder],
    [join(folder, 'include'), join(folder, 'lib')],
    [join(folder, 'tensorflow', 'include'), join(folder, 'tensorflow')],
  ] as const) {
    const files = libraryFiles(libraries);
    if (files.length > 0 && existsSync(join(include, 'tensorflow', 'c', 'eager', 'c_api.h')))
      return { origin, folder: libraries, include, files, version: headerVersion(include) };
  }
  return undefined;
}

/** libtensorflow or libtensorflow_cc, and libtensorflow_framework, by the most general name that is there. */
function libraryFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).sort((a, b) => a.length - b.length);
  const find = (stem: string) => names.find((name) => new RegExp(`^lib${stem}\\.(so|dylib|\\d+\\.dylib)`).test(name));
  const main = find('tensorflow_cc') ?? find('tensorflow');
  const framework = find('tensorflow_framework');
  return main === undefined ? [] : framework === undefined ? [main] : [main, framework];
}

/** The version in the C++ headers; the C library has none. */
function headerVersion(include: string): string | undefined {
  for (const name of ['release_version.h', 'version.h']) {
    const file = join(include, 'tensorflow', 'core', 'public', name);
    if (!existsSync(file)) continue;
    const text = readFileSync(file, 'utf8');
    const numbers = ['MAJOR', 'MINOR', 'PATCH'].map(
      (part) => new RegExp(`define TF_${part}_VERSION (\\d+)`).exec(text)?.[1],
    );
    if (numbers.every((number) => number !== undefined)) return numbers.join('.');
  }
  return undefined;
}

/** Whether a version of TensorFlow is one that the binding was made for. */
export function isRecent(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldestVersion.split('.').map(Number);
  return major === oldestMajor && minor >= oldestMinor;
}
