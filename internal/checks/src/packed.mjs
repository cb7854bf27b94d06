/**
 * Packs every package, installs the tarballs into an empty project outside the repository, and uses them there: a plain Node
 * script, types under `node16` and `bundler` resolution, a browser bundle with size ceilings, that bundle in Chromium.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { checkPlugin } from './packed-plugin.mjs';
import { packages, root } from './workspace.mjs';
import { runInChromium } from './chromium.mjs';

/** Ceilings of the gzipped, minified browser bundle of one import each, in bytes, TensorFlow.js left out. */
const ceilings = JSON.parse(readFileSync(new URL('../consumer/sizes.json', import.meta.url), 'utf8'));

let failures = 0;
function step(name, run) {
  try {
    const note = run();
    console.log(`ok   ${name}${note ? `: ${note}` : ''}`);
  } catch (error) {
    failures += 1;
    console.log(`FAIL ${name}\n${error.message}`);
  }
}

function must(command, parameters, cwd) {
  const { status, stdout, stderr } = spawnSync(command, parameters, { cwd, encoding: 'utf8', maxBuffer: 1 << 27 });
  if (status !== 0) throw new Error(`${basename(command)} ${parameters.join(' ')}\n${stdout}${stderr}`);
  return stdout;
}

/** Packs everything into `folder` and returns the paths of the tarballs by package name. */
export function packAll(folder) {
  mkdirSync(folder, { recursive: true });
  return new Map(
    packages().map(({ folder: source, name, manifest }) => {
      must('npm', ['pack', '--pack-destination', folder], source);
      return [name, join(folder, `${name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`)];
    }),
  );
}

/** Gzipped bytes of what a page loads at once for one import: the entry and the chunks that it imports statically. */
function size(project, entry) {
  const name = entry.replace(/\W/g, '-');
  const file = join(project, `${name}.js`);
  const folder = join(project, `size${name}`);
  writeFileSync(file, `export * from '${entry}';\n`);
  must(
    join(root, 'node_modules', '.bin', 'esbuild'),
    [
      file,
      '--bundle',
      '--splitting',
      '--minify',
      '--format=esm',
      '--platform=browser',
      '--external:@tensorflow/*',
      '--external:node:*',
      `--outdir=${folder}`,
      `--metafile=${folder}.json`,
    ],
    project,
  );
  const { outputs } = JSON.parse(readFileSync(`${folder}.json`, 'utf8'));
  const loaded = new Set();
  const visit = (path) => {
    if (loaded.has(path) || outputs[path] === undefined) return;
    loaded.add(path);
    for (const { path: next, kind } of outputs[path].imports) if (kind === 'import-statement') visit(next);
  };
  visit(Object.keys(outputs).find((path) => outputs[path].entryPoint?.endsWith(`${name}.js`)));
  return [...loaded].reduce((sum, path) => sum + gzipSync(readFileSync(join(project, path))).length, 0);
}

const project = mkdtempSync(join(tmpdir(), 'equipoise-packed-'));
try {
  const tarballs = packAll(join(project, 'tarballs'));
  cpSync(join(root, 'internal/checks/consumer'), project, { recursive: true });
  const dependencies = Object.fromEntries([...tarballs].map(([name, path]) => [name, `file:${path}`]));
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({
      name: 'consumer',
      private: true,
      type: 'module',
      dependencies: { ...dependencies, '@tensorflow/tfjs-core': '4.22.0' },
    }),
  );
  step('install', () => void must('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], project));
  step('every package imports in plain Node', () => {
    const imports = [...tarballs.keys()].map((name) => `await import('${name}');`).join('\n');
    return void must(process.execPath, ['--input-type=module', '-e', imports], project);
  });
  step('a plain Node script', () => must(process.execPath, ['node.mjs'], project).trim());
  step(
    'the command',
    () =>
      must(join(project, 'node_modules/.bin/equipoise'), ['list', 'loss'], project).trim().split('\n').length +
      ' lines',
  );
  checkPlugin(join(project, 'node_modules/.bin/equipoise'), tarballs, { step, must });
  const tsc = join(root, 'node_modules', '.bin', 'tsc');
  step('types, moduleResolution node16', () => void must(tsc, ['-p', 'tsconfig.node16.json'], project));
  step('types, moduleResolution bundler', () => void must(tsc, ['-p', 'tsconfig.bundler.json'], project));
  for (const [name, ceiling] of Object.entries(ceilings)) {
    step(`size of ${name}`, () => {
      const bytes = size(project, name);
      if (bytes > ceiling) throw new Error(`${bytes} bytes gzipped, more than ${ceiling}`);
      return `${bytes} of ${ceiling} bytes gzipped`;
    });
  }
  step('a browser bundle', () => {
    must(
      join(root, 'node_modules', '.bin', 'esbuild'),
      ['browser.ts', '--bundle', '--minify', '--format=esm', '--platform=browser', '--outfile=site/bundle.js'],
      project,
    );
    return `${readFileSync(join(project, 'site/bundle.js')).length} bytes with TensorFlow.js`;
  });
  try {
    console.log(`ok   the bundle in Chromium: ${await runInChromium(project)}`);
  } catch (error) {
    failures += 1;
    console.log(`FAIL the bundle in Chromium\n${error.message}`);
  }
} finally {
  rmSync(project, { recursive: true, force: true });
}
console.log(failures === 0 ? 'packed: right' : `packed: ${failures} wrong`);
process.exit(failures === 0 ? 0 : 1);
