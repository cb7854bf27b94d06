import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Kind } from '@equipoise/spec';
import { commandFolder, type TemplateFile } from './template.js';

type Ranges = Readonly<Record<string, string>>;

/** What a scaffolded package takes over from the package.json of this command. */
export interface CommandManifest {
  readonly version: string;
  readonly engines: Ranges;
  readonly dependencies: Ranges;
  readonly devDependencies: Ranges;
}

/** Which package is scaffolded. */
export interface PluginManifestOptions {
  readonly packageName: string;
  readonly kind: Kind;
  readonly name: string;
  /** Its files, whose imports say what it depends on. */
  readonly files: readonly TemplateFile[];
}

const peers = ['@equipoise/spec', '@tensorflow/tfjs-core'];
const tools = ['tsup', 'typescript', 'vitest'];

/** Reads the package.json of this command. */
export async function readCommandManifest(): Promise<CommandManifest> {
  return JSON.parse(await readFile(join(commandFolder, 'package.json'), 'utf8')) as CommandManifest;
}

/** The package.json of a scaffolded package; its version ranges are those of this command, so that they never go stale. */
export function pluginManifest(command: CommandManifest, options: PluginManifestOptions): object {
  const { packageName, kind, name, files } = options;
  const ranges = (names: readonly string[]) => Object.fromEntries(names.map((one) => [one, rangeOf(command, one)]));
  const runtime = importsOf(files, 'src/').filter((one) => !peers.includes(one));
  const testing = importsOf(files, 'test/').filter((one) => !runtime.includes(one));
  const development = [...new Set([...testing, ...peers, ...tools, '@equipoise/backend-cpu', '@equipoise/cli'])];
  return {
    name: packageName,
    version: '0.1.0',
    description: `The ${kind} ${name} for Equipoise`,
    keywords: ['equipoise', 'equipoise-plugin', `equipoise-${kind}`],
    license: 'MIT',
    type: 'module',
    sideEffects: false,
    exports: {
      '.': { types: './dist/index.d.ts', default: './dist/index.js' },
      './package.json': './package.json',
    },
    files: ['dist', 'src'],
    engines: command.engines,
    scripts: {
      build: 'tsup',
      test: 'vitest run',
      typecheck: 'tsc',
      check: 'npm run build && equipoise check .',
      prepublishOnly: 'npm run typecheck && npm test && npm run check',
    },
    dependencies: ranges(runtime),
    peerDependencies: ranges(peers),
    devDependencies: ranges(development.sort()),
  };
}

/** The range of a package that this command depends on, or of this command; an exact version is widened to `^`. */
function rangeOf({ version, dependencies, devDependencies }: CommandManifest, name: string): string {
  const range = name === '@equipoise/cli' ? version : (dependencies[name] ?? devDependencies[name]);
  if (range === undefined) throw new TypeError(`@equipoise/cli has no range for ${name} in its package.json.`);
  return /^\d/.test(range) ? `^${range}` : range;
}

/** The packages that the files below a folder import, sorted. */
function importsOf(files: readonly TemplateFile[], folder: string): string[] {
  const specifiers = files
    .filter(({ path }) => path.startsWith(folder))
    .flatMap(({ text }) => [...text.matchAll(/ from '([^'.][^']*)'/g)].map((match) => match[1] as string));
  return [
    ...new Set(specifiers.map((specifier) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/'))),
  ].sort();
}
