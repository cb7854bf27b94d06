import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { EquipoiseError, type Kind } from '@equipoise/spec';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scaffold } from '../src/scaffold/scaffold.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const kinds = ['dataset', 'model', 'loss', 'attack', 'trainer', 'analysis'] as const;
let folder: string;

beforeAll(async () => {
  // Inside the repository, so that the packages of the workspace are found.
  await mkdir(join(root, '.cache'), { recursive: true });
  folder = await mkdtemp(join(root, '.cache', 'scaffold-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs a script of Node and gives what it printed, also in the error if it fails. */
async function run(...parameters: string[]): Promise<string> {
  try {
    return (await promisify(execFile)(process.execPath, parameters, { cwd: root, maxBuffer: 1 << 26 })).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${parameters.join(' ')}\n${stdout}${stderr}`, { cause: error });
  }
}

const write = (kind: Kind, name: string, to: string = kind) =>
  scaffold({ kind, name, folder: join(folder, to), packageName: `equipoise-plugin-${name}` });
const text = (...path: string[]) => readFile(join(folder, ...path), 'utf8');
const withCode = (code: string) => expect.toSatisfy((error) => EquipoiseError.isInstance(error, code));

describe('a package of each kind, under another name than the template', () => {
  const name = 'first-try';

  beforeAll(async () => {
    for (const kind of kinds) await write(kind, name);
  });

  test('passes the conformance checks and its own tests', { timeout: 120_000 }, async () => {
    const config = [
      `import base from ${JSON.stringify(join(root, 'vitest.config.ts'))};`,
      `const test = { ...base.test, include: ['*/test/*.test.ts'], exclude: [], isolate: false, maxWorkers: 1 };`,
      'export default { ...base, test };',
    ];
    await writeFile(join(folder, 'vitest.config.ts'), config.join('\n'));
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    const stdout = await run(vitest, 'run', '--root', folder, '--reporter', 'json');
    const results = JSON.parse(stdout) as {
      numTotalTestSuites: number;
      numPassedTests: number;
      testResults: unknown[];
    };
    expect(results.testResults).toHaveLength(kinds.length);
    expect(results.numPassedTests).toBeGreaterThan(kinds.length * 15);
  });

  test('is typed strictly and free of lint', { timeout: 120_000 }, async () => {
    const tsconfig = JSON.parse(await text('loss', 'tsconfig.json')) as { compilerOptions: object };
    const compilerOptions = { ...tsconfig.compilerOptions, customConditions: ['@equipoise/source'] };
    const include = kinds.flatMap((kind) => [`${kind}/src`, `${kind}/test`, `${kind}/tsup.config.ts`]);
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include }));
    await run(join(root, 'node_modules/typescript/bin/tsc'), '-p', folder);
    await run(join(root, 'node_modules/eslint/bin/eslint.js'), '--max-warnings', '0', folder);
  });

  test.each(kinds)('%s: nothing is left of the name of the template', async (kind) => {
    const files = await write(kind, 'other', `${kind}-other`);
    for (const file of files) {
      expect(file).not.toMatch(/my-/);
      expect(await text(`${kind}-other`, file)).not.toMatch(
        /my-(data|mod|loss|att|train|anal)|[mM]y(Data|Mod|Loss|Att|Train|Anal)/,
      );
    }
  });
});

test('the files are those that are named, and the folder holds no others', async () => {
  expect(await write('loss', 'my-loss', 'files')).toEqual([
    '.gitignore',
    'README.md',
    'package.json',
    'src/index.ts',
    'src/my-loss.ts',
    'src/plugin.ts',
    'test/my-loss.test.ts',
    'tsconfig.json',
    'tsup.config.ts',
  ]);
});

test('version ranges are those of the command', async () => {
  await write('attack', 'ranges', 'ranges');
  const command = JSON.parse(await readFile(join(root, 'packages/cli/package.json'), 'utf8'));
  const manifest = JSON.parse(await text('ranges', 'package.json'));
  expect(manifest.name).toBe('equipoise-plugin-ranges');
  expect(manifest.dependencies).toEqual({
    '@equipoise/autodiff': command.devDependencies['@equipoise/autodiff'],
    '@equipoise/kit': command.dependencies['@equipoise/kit'],
    zod: command.devDependencies.zod,
  });
  expect(manifest.devDependencies['@equipoise/cli']).toBe(`^${command.version}`);
  expect(Object.keys(manifest.peerDependencies)).toEqual(['@equipoise/spec', '@tensorflow/tfjs-core']);
});

test.each([
  ['focal', 'focalLoss'],
  ['focal-loss', 'focalLoss'],
  ['cross-entropy', 'crossEntropyLoss'],
  ['delete', 'deleteLoss'],
  ['l2-norm', 'l2NormLoss'],
])('the factory of the loss %s is called %s', async (name, factory) => {
  await write('loss', name, `factory-${name}`);
  expect(await text(`factory-${name}`, 'src/index.ts')).toContain(
    `export { ${factory}, ${factory}Component } from './${name}.js';`,
  );
});

test.each(['MyLoss', 'my_loss', '-loss', 'my--loss', '1st', '', '../loss', 'index', 'plugin'])(
  'the name "%s" is refused',
  async (name) => {
    const packageName = 'equipoise-plugin-x';
    const attempt = scaffold({ kind: 'loss', name, folder: join(folder, 'refused'), packageName });
    await expect(attempt).rejects.toThrow(withCode('EQUIPOISE_USAGE'));
  },
);

test.each(['My Package', '@acme', '.hidden', `a${'b'.repeat(214)}`])(
  'the package name "%s" is refused',
  async (packageName) => {
    const attempt = scaffold({ kind: 'loss', name: 'some', folder: join(folder, 'refused'), packageName });
    await expect(attempt).rejects.toThrow(withCode('EQUIPOISE_USAGE'));
  },
);

test('there is no template for a backend, and the message says why', async () => {
  await expect(write('backend', 'my-backend')).rejects.toThrow(withCode('EQUIPOISE_USAGE'));
  await expect(write('backend', 'my-backend')).rejects.toThrow('no template for a backend');
});

test('a folder that is not empty is left as it is', async () => {
  await mkdir(join(folder, 'full'));
  await writeFile(join(folder, 'full', 'package.json'), 'mine');
  await expect(write('loss', 'focal', 'full')).rejects.toThrow(withCode('EQUIPOISE_STORAGE'));
  await expect(write('loss', 'focal', 'full')).rejects.toThrow('is not empty (package.json)');
  expect(await text('full', 'package.json')).toBe('mine');
});

test('an empty folder is used, a file in its place is not', async () => {
  await mkdir(join(folder, 'empty'));
  expect((await write('loss', 'focal', 'empty')).length).toBeGreaterThan(5);
  await writeFile(join(folder, 'file'), '');
  await expect(write('loss', 'focal', 'file')).rejects.toThrow(withCode('EQUIPOISE_STORAGE'));
  await expect(write('loss', 'focal', 'file/below')).rejects.toThrow(withCode('EQUIPOISE_STORAGE'));
});
