import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { homeFolder } from '@equipoise/kit/node';
import {
  buildFiles,
  buildRevision,
  type Installation,
  installationFile,
  type Variant,
  variantFolder,
} from '../installation.js';
import { checkBuild, type CheckedBuild, wrongVersion } from './check.js';
import { compileBinding } from './compile.js';
import { installFailure } from './failure.js';
import { findLibrary } from './find-library.js';
import { kernelsFile } from './kernels-file.js';
import { isRecent, type Library } from './library.js';
import { withLock } from './lock.js';
import type { InstallContext } from './python.js';
import { findSources, type Sources, stockModules } from './sources.js';

/** What to install. */
export interface InstallOptions {
  /** For NVIDIA GPUs: the backend `node-gpu`, on a TensorFlow with CUDA. */
  readonly gpu?: boolean;
  /** Folder of a libtensorflow: of the C library (`include`, `lib`), or of a Python wheel (`…/site-packages/tensorflow`). */
  readonly libtensorflow?: string;
  /** Fetch a wheel of TensorFlow with pip into the cache folder: the newest, or the version that is named. */
  readonly pip?: boolean | string;
  /** Folder for what can be made again; `EQUIPOISE_HOME`, else the platform's cache folder, by default. */
  readonly home?: string;
  /** Variables of the programs that are run (`CXX`, `PYTHON`, `PATH`); the process's by default. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Told what is being done, sentence by sentence. */
  readonly note?: (text: string) => void;
}

/** What was installed. */
export interface InstallReport {
  /** The backend that can be used now. */
  readonly backend: Variant;
  /** Version of TensorFlow. */
  readonly tensorflow: string;
  /** Version of @tensorflow/tfjs-node. */
  readonly tfjsNode: string;
  /** Where the library comes from, in words. */
  readonly library: string;
  /** Folder of the shared libraries; it must stay where it is. */
  readonly libraryFolder: string;
  /** Where the sources of the binding come from, in words. */
  readonly sources: string;
  /** Folder of the build. */
  readonly folder: string;
  /** The devices that TensorFlow finds: `/…/device:CPU:0`, … */
  readonly devices: readonly string[];
}

/**
 * Sets up the backend `node` or `node-gpu`: finds or fetches a libtensorflow, builds TensorFlow.js's binding against it in the cache folder,
 * checks it in a process of its own with a convolution and its gradients, and only then puts it in the place of the one before.
 *
 * @returns what was done
 * @throws EquipoiseError `EQUIPOISE_BACKEND_INSTALL`, with `details.step`: `platform`, `lock` (another process installs), `library` (none found, or of the wrong version),
 *   `python`, `sources`, `compiler`, `build` or `check`; the old state is kept
 */
export async function install(options: InstallOptions = {}): Promise<InstallReport> {
  const variant: Variant = options.gpu ? 'node-gpu' : 'node';
  const { home = homeFolder(), environment = process.env, note = () => undefined } = options;
  const context: InstallContext = { variant, home, environment, note };
  if (process.platform === 'win32')
    throw installFailure('platform', 'On Windows the binding cannot be built; use it in WSL, or the backend "wasm".');
  const folder = variantFolder(variant, home);
  return withLock(folder, async () => {
    await removeLeftovers(folder);
    const temporary = join(folder, `building-${process.pid}-${Date.now()}`);
    try {
      return await buildAndPlace(context, options, temporary);
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  });
}

async function buildAndPlace(
  context: InstallContext,
  options: InstallOptions,
  temporary: string,
): Promise<InstallReport> {
  const { variant, home } = context;
  const library = await findLibrary(context, options);
  if (library.version !== undefined && !isRecent(library.version)) throw wrongVersion(library, library.version);
  context.note(`Using ${library.origin}.`);
  const build = join(temporary, 'build');
  await mkdir(build, { recursive: true });
  const sources = await findSources(context, temporary);
  await writeFile(join(build, buildFiles.kernels), kernelsFile(await stockModules(sources)));
  await compileBinding(context, library, sources, temporary, build);
  const checked = await checkBuild(context, library, build);
  const name = `build-${process.pid}-${Date.now()}`;
  const folder = join(variantFolder(variant, home), name);
  await rename(build, folder);
  await place(variant, home, describe(library, sources, checked, name));
  return {
    backend: variant,
    tensorflow: checked.tensorflow,
    tfjsNode: sources.version,
    library: library.origin,
    libraryFolder: library.folder,
    sources: sources.origin,
    folder,
    devices: checked.devices.map(({ name: device }) => device),
  };
}

function describe(library: Library, sources: Sources, checked: CheckedBuild, build: string): Installation {
  return {
    revision: buildRevision,
    platform: process.platform,
    architecture: process.arch,
    tensorflow: checked.tensorflow,
    tfjsNode: sources.version,
    libraryFolder: library.folder,
    origin: library.origin,
    build,
    devices: [...checked.devices],
  };
}

/** Puts a build in use in one step, and removes those before it. */
async function place(variant: Variant, home: string, installation: Installation): Promise<void> {
  const file = installationFile(variant, home);
  const half = `${file}.${process.pid}`;
  await writeFile(half, JSON.stringify(installation, null, 2));
  await rename(half, file);
  const folder = variantFolder(variant, home);
  const old = (await readdir(folder)).filter((name) => name.startsWith('build-') && name !== installation.build);
  for (const name of old) await rm(join(folder, name), { recursive: true, force: true });
}

/** Removes what a killed installation has left. */
async function removeLeftovers(folder: string): Promise<void> {
  const left = (await readdir(folder)).filter((name) => name.startsWith('building-'));
  for (const name of left) await rm(join(folder, name), { recursive: true, force: true });
}
