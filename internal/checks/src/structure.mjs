/** Every package has the same few files, the same manifest fields and the same README sections. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { conclude, files, packages, root, shown } from './workspace.mjs';

const requiredFiles = ['package.json', 'README.md', 'tsconfig.json', 'tsup.config.ts', 'typedoc.json', 'src/index.ts'];
const rooms = {
  backends: 'backend',
  datasets: 'dataset',
  models: 'model',
  losses: 'loss',
  attacks: 'attack',
  trainers: 'trainer',
  analysis: 'analysis',
  synthesis: 'synthesis',
};
const withoutPlugin = ['@equipoise/model-adapters'];

function manifestProblems({ folder, kind, manifest }) {
  const short = basename(folder);
  const name = `@equipoise/${kind in rooms ? `${rooms[kind]}-${short}` : short}`;
  const source = manifest.exports?.['.'] ?? {};
  const checks = [
    [manifest.name === name, `is named ${manifest.name}, expected ${name}`],
    [manifest.type === 'module', 'lacks "type": "module"'],
    [manifest.sideEffects === false, 'lacks "sideEffects": false'],
    [manifest.license === 'MIT', 'lacks its licence'],
    [Boolean(manifest.description), 'lacks a description'],
    [manifest.engines?.node === '>=20.19', 'lacks "engines"'],
    [
      JSON.stringify(Object.keys(source)) === '["@equipoise/source","types","default"]',
      'has other conditions in exports',
    ],
    [manifest.files?.includes('dist') && manifest.files.includes('src'), 'does not ship dist and src'],
    [manifest.keywords?.includes('equipoise'), 'lacks the keyword "equipoise"'],
    [!(kind in rooms) || manifest.peerDependencies?.['@equipoise/spec'], 'lacks the peer dependency @equipoise/spec'],
  ];
  return checks.filter(([right]) => !right).map(([, problem]) => `${shown(folder)}/package.json ${problem}`);
}

function readmeProblems({ folder, name }) {
  const path = join(folder, 'README.md');
  if (!existsSync(path)) return [];
  const text = readFileSync(path, 'utf8');
  const wanted = [`# ${name}`, '## Install', '## Use'];
  const missing = wanted
    .filter((heading) => !text.split('\n').includes(heading))
    .map((heading) => `${shown(path)} lacks "${heading}"`);
  const length = text.split('\n').length;
  return length > 120 ? [...missing, `${shown(path)} has ${length} lines; a README is one screen`] : missing;
}

function sourceProblems({ folder, kind, name }) {
  const problems = [];
  for (const path of files(folder, (file) => /\.(ts|mjs)$/.test(file))) {
    const text = readFileSync(path, 'utf8');
    const lines = text.split('\n').length;
    if (lines > 400) problems.push(`${shown(path)} has ${lines} lines, more than 400`);
    if (!/^[a-z0-9-]+(\.[a-z-]+)*$/.test(basename(path))) problems.push(`${shown(path)} is not in kebab-case`);
    if (basename(path) === 'index.ts' && /export \* from/.test(text))
      problems.push(`${shown(path)} exports by *, not by name`);
  }
  if (kind in rooms && !withoutPlugin.includes(name)) {
    for (const file of ['src/plugin.ts', 'test/conformance.test.ts']) {
      if (!existsSync(join(folder, file))) problems.push(`${shown(folder)} lacks ${file}`);
    }
  }
  const tests = files(folder, (file) => /\.test\.ts$/.test(file));
  for (const path of tests) {
    if (path.endsWith('fixtures.test.ts') || !readFileSync(path, 'utf8').includes('forEachFixture(')) continue;
    problems.push(`${shown(path)} runs fixtures, but its name does not end in fixtures.test.ts`);
  }
  return tests.length === 0 ? [...problems, `${shown(folder)} has no test`] : problems;
}

const problems = packages().flatMap((one) => [
  ...requiredFiles
    .filter((file) => !existsSync(join(one.folder, file)))
    .map((file) => `${shown(one.folder)} lacks ${file}`),
  ...manifestProblems(one),
  ...readmeProblems(one),
  ...sourceProblems(one),
]);
const top = [
  'package.json',
  'turbo.json',
  'tsconfig.base.json',
  'README.md',
  'CONTRIBUTING.md',
  'LICENSE',
  '.changeset/config.json',
  '.ci/run',
  'docs',
  'examples',
];
problems.push(...top.filter((file) => !existsSync(join(root, file))).map((file) => `${file} is missing`));
conclude('structure', problems);
