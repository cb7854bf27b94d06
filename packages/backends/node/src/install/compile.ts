import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { buildFiles } from '../installation.js';
import { installFailure } from './failure.js';
import type { Library } from './library.js';
import { patched } from './patches.js';
import type { InstallContext } from './python.js';
import { lastWords, runProgram } from './run-program.js';
import type { Sources } from './sources.js';

const require = createRequire(import.meta.url);

/** This package's own C++ sources: `native` beside `src` and `dist`. */
const nativeFolder = join(dirname(require.resolve('@equipoise/backend-node/package.json')), 'native');

/** Its parts. */
const loops = ['extension', 'convolutions', 'elementwise', 'narrow', 'pack', 'pooling', 'products', 'tile'];

/** The headers of Node's stable interface, the same for every version of Node. */
function nodeHeaders(): string {
  return (require('node-api-headers') as { include_dir: string }).include_dir;
}

/** Compiles TensorFlow.js's binding and this package's addition against a library; the result lies in the build folder. */
export async function compileBinding(
  context: InstallContext,
  library: Library,
  sources: Sources,
  temporary: string,
  build: string,
): Promise<void> {
  const source = join(temporary, 'compile');
  await prepareSources(sources, source);
  const compiler = context.environment['CXX'] ?? 'c++';
  context.note(`Building the binding with ${compiler} …`);
  const shared = [
    ...['-O3', '-fno-math-errno', '-fno-trapping-math', '-std=c++17', '-fPIC', '-shared', '-pthread'],
    ...['-DNAPI_VERSION=8', '-w', `-I${nodeHeaders()}`],
  ];
  const unresolved = process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : [];
  await compile(context, compiler, source, [
    ...[...shared, ...unresolved, '-include', 'extension.h', '-I.', `-I${library.include}`],
    ...['binding/tfjs_backend.cc', 'binding/tfjs_binding.cc', ...loops.map((name) => `${name}.cc`)],
    ...linkParameters(library),
    ...['-o', join(build, buildFiles.binding)],
  ]);
  await compile(context, compiler, source, [...shared, ...unresolved, 'quiet.cc', '-o', join(build, buildFiles.quiet)]);
}

async function compile(
  context: InstallContext,
  compiler: string,
  source: string,
  parameters: readonly string[],
): Promise<void> {
  const result = await runProgram(compiler, parameters, { ...context, cwd: source });
  if (result.status === 0) return;
  if (result.failure?.code === 'ENOENT')
    throw installFailure(
      'compiler',
      `There is no C++ compiler "${compiler}": install one (Debian: apt install g++; macOS: xcode-select --install), or let the variable CXX name it.`,
      { compiler },
    );
  throw installFailure('build', `${compiler} could not build the binding:\n${lastWords(result)}`, { compiler });
}

/** Copies the binding's sources with this package's changes, and its own. */
async function prepareSources(sources: Sources, target: string): Promise<void> {
  const from = join(sources.folder, 'binding');
  await mkdir(join(target, 'binding'), { recursive: true });
  for (const name of await readdir(from)) {
    const text = await readFile(join(from, name), 'utf8');
    await writeFile(join(target, 'binding', name), patched(name, text, sources.version));
  }
  for (const name of await readdir(nativeFolder))
    await writeFile(join(target, name), await readFile(join(nativeFolder, name)));
}

/** Links the libraries by their folder, which is remembered in the binding. */
function linkParameters({ folder, files }: Library): string[] {
  const remembered = `-Wl,-rpath,${folder}`;
  return process.platform === 'darwin'
    ? [...files.map((file) => join(folder, file)), remembered]
    : [`-L${folder}`, ...files.map((file) => `-l:${file}`), remembered];
}
