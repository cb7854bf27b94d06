import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Variant } from '../installation.js';
import { installFailure } from './failure.js';
import { libraryIn, type Library } from './library.js';
import { lastWords, runProgram } from './run-program.js';

/** What the searches and builds share. */
export interface InstallContext {
  readonly variant: Variant;
  /** The folder for what can be made again. */
  readonly home: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Told what is being done. */
  readonly note: (text: string) => void;
}

/** Finds the folder of a package without importing it. */
const finder =
  'import importlib.util as u; s = u.find_spec("tensorflow"); print("\\n".join(s.submodule_search_locations or []) if s else "")';

/** The Python that is asked: `PYTHON`, else `python3`. */
const pythonOf = ({ environment }: InstallContext) => environment['PYTHON'] ?? 'python3';

/** The library in the TensorFlow that Python would import; nothing of it is run. */
export async function libraryOfPython(context: InstallContext): Promise<Library | undefined> {
  const { status, stdout } = await runProgram(pythonOf(context), ['-c', finder], context);
  if (status !== 0) return undefined;
  for (const folder of stdout.split('\n').filter(Boolean)) {
    const library = libraryIn(folder, `the Python package in ${folder}`);
    if (library !== undefined) return library;
  }
  return undefined;
}

const wheelsFolder = ({ home, variant }: InstallContext) => join(home, 'backends', 'wheels', variant);

/** The library that `--pip` has fetched before. */
export async function libraryFetched(context: InstallContext, version?: string): Promise<Library | undefined> {
  const folder = wheelsFolder(context);
  const versions = existsSync(folder) ? (await readdir(folder)).filter((name) => /^\d/.test(name)) : [];
  const wanted = versions.filter((name) => version === undefined || name === version);
  const latest = wanted.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1);
  if (latest === undefined) return undefined;
  return libraryIn(join(folder, latest), `the Python wheel of TensorFlow ${latest}, fetched by pip`);
}

/** Fetches a wheel of TensorFlow with pip and keeps its libraries and headers in the cache folder. */
export async function fetchLibrary(context: InstallContext, version?: string): Promise<Library> {
  const name = context.variant === 'node-gpu' ? 'tensorflow' : 'tensorflow-cpu';
  const wanted = version === undefined ? name : `${name}==${version}`;
  const fetched = version === undefined ? undefined : await libraryFetched(context, version);
  if (fetched !== undefined) return fetched;
  const folder = wheelsFolder(context);
  const temporary = join(folder, `.fetching-${process.pid}`);
  context.note(`Fetching ${wanted} with pip (some hundred MB) …`);
  await mkdir(temporary, { recursive: true });
  try {
    await pip(context, temporary, [wanted]);
    if (context.variant === 'node-gpu') await pip(context, temporary, await cudaWheels(temporary));
    const found = await wheelVersion(temporary);
    const kept = join(folder, found);
    await keepLibraries(temporary, kept);
    const library = libraryIn(kept, `the Python wheel of TensorFlow ${found}, fetched by pip`);
    if (library !== undefined) return library;
    throw installFailure('library', `The wheel of TensorFlow ${found} holds no libtensorflow with headers.`);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function pip(context: InstallContext, target: string, wheels: readonly string[]): Promise<void> {
  const python = pythonOf(context);
  const parameters = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps'];
  const only = ['--only-binary=:all:', '--no-compile', '--upgrade', '--target', target];
  const result = await runProgram(python, [...parameters, ...only, ...wheels], context);
  if (result.status === 0) return;
  const said = lastWords(result);
  if (result.failure?.code === 'ENOENT')
    throw installFailure(
      'python',
      `There is no program "${python}": --pip needs Python 3 with pip (Debian: apt install python3-pip), or let the variable ` +
        'PYTHON name another. Without Python: --libtensorflow DIR, with the C library of TensorFlow.',
      { python },
    );
  throw installFailure('python', `pip could not install ${wheels.join(', ')}:\n${said}`, { python, wheels });
}

async function wheelInfo(folder: string): Promise<{ readonly name: string; readonly metadata: string }> {
  const name = (await readdir(folder)).find((one) => /^tensorflow(_cpu)?-.*\.dist-info$/.test(one));
  if (name === undefined) throw installFailure('python', 'pip has installed no wheel of TensorFlow.');
  return { name, metadata: await readFile(join(folder, name, 'METADATA'), 'utf8') };
}

async function wheelVersion(folder: string): Promise<string> {
  const { metadata } = await wheelInfo(folder);
  return /^Version: (\S+)$/m.exec(metadata)?.[1] ?? 'unknown';
}

/** NVIDIA's libraries that the wheel asks for under the name `and-cuda`. */
async function cudaWheels(folder: string): Promise<string[]> {
  const { metadata } = await wheelInfo(folder);
  const lines = metadata.matchAll(/^Requires-Dist: ([\w-]+)\s*\(?([^;)]*)\)?\s*;.*extra == ["']and-cuda["']/gm);
  return [...lines].map(([, name, versions]) => `${name}${(versions as string).replaceAll(' ', '')}`);
}

/** Moves what the binding needs into its place: libraries and headers of TensorFlow, and NVIDIA's libraries beside them. */
async function keepLibraries(from: string, to: string): Promise<void> {
  if (existsSync(to)) return;
  const half = `${from}-kept`;
  await rm(half, { recursive: true, force: true });
  await mkdir(join(half, 'tensorflow'), { recursive: true });
  for (const name of await readdir(join(from, 'tensorflow'))) {
    if (name === 'include' || /^libtensorflow/.test(name))
      await rename(join(from, 'tensorflow', name), join(half, 'tensorflow', name));
  }
  if (existsSync(join(from, 'nvidia'))) await rename(join(from, 'nvidia'), join(half, 'nvidia'));
  await mkdir(dirname(to), { recursive: true });
  await rename(half, to);
}
