import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { EquipoiseError } from '@equipoise/spec';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../test/command.js';
import { loadPlugin } from './load-plugins.js';

const folder = temporaryFolder();
const source = (id: string) =>
  `export const plugin = { specVersion: 1, id: '${id}', components: [] };\nexport const more = 1;`;

function put(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function packageAt(path: string, fields: object, files: Readonly<Record<string, string>> = {}): void {
  put(join(path, 'package.json'), JSON.stringify({ type: 'module', ...fields }));
  for (const [name, text] of Object.entries(files)) put(join(path, name), text);
}

beforeAll(() => {
  put('single.mjs', source('single'));
  packageAt(
    'own',
    { exports: { '.': { types: './index.d.ts', import: { default: './lib.js' } } } },
    { 'lib.js': source('own') },
  );
  packageAt('plain', { main: './lib.js' }, { 'lib.js': source('plain') });
  packageAt(
    'node_modules/installed',
    { exports: { '.': './lib.js', './package.json': './package.json' } },
    { 'lib.js': source('installed') },
  );
  packageAt('unbuilt', { exports: { '.': { default: './dist/index.js' } } });
  put('damaged/package.json', '{');
  put('empty/readme.txt', '');
  put('none.mjs', 'export const value = 1;');
  put('throws.mjs', '\nthrow new Error("boom");');
  put('old.mjs', 'export const plugin = { specVersion: 0, id: "old", components: [] };');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['a file', './single.mjs', 'single'],
  ['a folder, by its exports', 'own', 'own'],
  ['a folder, by its main', './plain', 'plain'],
  ['an installed package', 'installed', 'installed'],
])('%s gives its plugin and all that it exports', async (_, name, id) => {
  const { plugin, exports } = await loadPlugin(name, folder);
  expect(plugin.id).toBe(id);
  expect(exports['more']).toBe(1);
});

describe('what is no plugin', () => {
  test.each([
    ['nowhere', 'EQUIPOISE_PLUGIN_NOT_FOUND', 'There is no plugin "nowhere"'],
    ['unbuilt', 'EQUIPOISE_PLUGIN_NOT_FOUND', './dist/index.js, which does not exist. Build the package first'],
    ['damaged', 'EQUIPOISE_PLUGIN_NOT_FOUND', 'package.json cannot be read'],
    ['empty', 'EQUIPOISE_PLUGIN_NOT_FOUND', 'has no package.json'],
    ['none.mjs', 'EQUIPOISE_INVALID_PLUGIN', 'expected an export "plugin", made with definePlugin; it exports value'],
    ['throws.mjs', 'EQUIPOISE_INVALID_PLUGIN', 'throws.mjs cannot be imported (line 2): Error: boom'],
    ['old.mjs', 'EQUIPOISE_UNSUPPORTED_SPEC_VERSION', 'specVersion 0; understood: 1'],
  ])('%s is told as such', async (name, code, message) => {
    const error: unknown = await loadPlugin(name, folder).catch((thrown: unknown) => thrown);
    expect(EquipoiseError.isInstance(error, code), String(error)).toBe(true);
    expect((error as Error).message).toContain(message);
  });
});
