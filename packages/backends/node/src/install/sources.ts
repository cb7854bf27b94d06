import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { installFailure } from './failure.js';
import type { InstallContext } from './python.js';
import { lastWords, runProgram } from './run-program.js';

/** An unpacked package @tensorflow/tfjs-node. */
export interface Sources {
  readonly folder: string;
  readonly version: string;
  /** Where it comes from, in words. */
  readonly origin: string;
}

const packageNames = ['@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'] as const;

/** The sources of TensorFlow.js's binding: those of an installed package, or its archive from the npm registry, none of whose scripts is run. */
export async function findSources(context: InstallContext, temporary: string): Promise<Sources> {
  return installedSources() ?? (await fetchSources(context, temporary));
}

/** @tensorflow/tfjs-node or -gpu, if npm has installed one beside this package or in the folder of the application. */
export function installedSources(): Sources | undefined {
  for (const from of [import.meta.url, join(process.cwd(), 'package.json')]) {
    for (const name of packageNames) {
      const manifest = resolveFile(from, `${name}/package.json`);
      if (manifest === undefined) continue;
      const folder = dirname(manifest);
      const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
      if (existsSync(join(folder, 'binding', 'tfjs_backend.cc')))
        return { folder, version, origin: `${name}, installed` };
    }
  }
  return undefined;
}

function resolveFile(from: string, name: string): string | undefined {
  try {
    return createRequire(from).resolve(name);
  } catch {
    return undefined;
  }
}

async function fetchSources(context: InstallContext, temporary: string): Promise<Sources> {
  const wanted = `@tensorflow/tfjs-node@${tf.version_core}`;
  context.note(`Fetching the sources of ${wanted} from the npm registry …`);
  const folder = join(temporary, 'sources');
  await mkdir(folder, { recursive: true });
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const parameters = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder, wanted];
  const packed = await runProgram(npm, parameters, { ...context, cwd: folder });
  const archive = packed.status === 0 ? (await readdir(folder)).find((name) => name.endsWith('.tgz')) : undefined;
  if (archive === undefined)
    throw installFailure('sources', `npm could not fetch ${wanted}:\n${lastWords(packed)}`, { package: wanted });
  const unpacked = await runProgram('tar', ['-xzf', archive], { ...context, cwd: folder });
  if (unpacked.status !== 0)
    throw installFailure('sources', `The archive of ${wanted} could not be unpacked:\n${lastWords(unpacked)}`);
  return { folder: join(folder, 'package'), version: tf.version_core, origin: `${wanted}, fetched by npm` };
}

/** The JavaScript modules of the binding that are used: its backend and its kernels. */
export async function stockModules({ folder }: Sources): Promise<ReadonlyMap<string, string>> {
  const dist = join(folder, 'dist');
  const kernels = (await readdir(join(dist, 'kernels'))).filter(
    (name) => name.endsWith('.js') && !name.includes('_test'),
  );
  const names = [
    'nodejs_kernel_backend.js',
    'int64_tensors.js',
    'register_all_kernels.js',
    ...kernels.map((name) => `kernels/${name}`),
  ];
  const texts = names.map(
    async (name) => [name.replace(/\.js$/, ''), await readFile(join(dist, name), 'utf8')] as const,
  );
  return new Map(await Promise.all(texts));
}
