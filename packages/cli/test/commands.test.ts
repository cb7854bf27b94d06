import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { equipoise, temporaryFolder, tinyExperiment, troubles, writeExperiment } from './command.js';

const folder = temporaryFolder();
const file = writeExperiment(folder, tinyExperiment({ title: 'Tiny', profiles: { full: { seeds: [1, 2] } } }));
const run = join(folder, 'run');
const root = fileURLToPath(new URL('../../..', import.meta.url));
const broken = fileURLToPath(new URL('./plugins/broken.mjs', import.meta.url));

beforeAll(async () => {
  expect(await equipoise('run', file, '--folder', run)).toMatchObject({ code: 0 });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const widest = (text: string) => Math.max(...text.split('\n').map((line) => line.length));

describe('help', () => {
  test.each([
    [],
    ['run'],
    ['list'],
    ['show'],
    ['report'],
    ['backend'],
    ['backend', 'list'],
    ['check'],
    ['schema'],
    ['new'],
  ])('of "%s %s" fits 80 columns and shows an example', async (...command) => {
    const { code, out } = await equipoise(...command.filter((word) => word !== undefined), '--help');
    expect(code).toBe(0);
    expect(out).toMatch(/^Usage: equipoise/);
    if (command.join() !== 'backend') expect(out).toMatch(/Examples?:\n {2}\$ equipoise /);
    expect(widest(out)).toBeLessThanOrEqual(80);
  });

  test('without a command: the help, as an error', async () => {
    const { code, out, notes } = await equipoise();
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(notes).toMatch(/^Usage: equipoise/);
  });

  test('--version', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(await equipoise('--version')).toEqual({ code: 0, out: version, notes: '' });
  });
});

describe('list', () => {
  test('shows components by kind in 80 columns', async () => {
    const { out } = await equipoise('list');
    expect(out).toMatch(/^loss\n {2}cross-entropy {2}\S/m);
    expect(widest(out)).toBeLessThanOrEqual(80);
  });

  test('of a kind, as JSON, with those of a plugin', async () => {
    const { out } = await equipoise('list', 'loss', '--json', '--plugin', troubles);
    const names = (JSON.parse(out) as { kind: string; name: string }[]).map(({ kind, name }) => `${kind} ${name}`);
    expect(names).toContain('loss fcl');
    expect(names).toContain('loss exits');
    expect(names.every((name) => name.startsWith('loss '))).toBe(true);
  });

  test('of an unknown kind: what was meant', async () => {
    const called = await equipoise('list', 'losses');
    expect(called).toMatchObject({ code: 2, out: '' });
    expect(called.notes).toMatch('Did you mean "loss"?');
  });
});

describe('show', () => {
  test('a component, by its name or with its kind: options by path, type, default', async () => {
    const { out } = await equipoise('show', 'trainer', 'supervised');
    expect(out).toMatch(/^ {2}noise\.type +Noise on the inputs/m);
    expect(out).toMatch(/"none" \| "gaussian" \| "patch-gaussian"; default\s+"none"/);
    expect(widest(out.split('\nIn an experiment: ')[0] as string)).toBeLessThanOrEqual(80);
    expect((await equipoise('show', 'supervised')).out).toBe(out);
  });

  test('a component as JSON', async () => {
    const { out } = await equipoise('show', 'model', 'mlp', '--json');
    expect(JSON.parse(out)).toMatchObject({
      kind: 'model',
      name: 'mlp',
      optionsSchema: { properties: { hidden: { type: 'array' } } },
    });
  });

  test.each([
    [['fcll'], 'Did you mean "fcl"?'],
    [['loss'], 'equipoise list loss'],
    [['loss', 'fcll'], 'Did you mean "fcl"? Available: "cross-entropy", "fcl"'],
  ])('%j is told what there is', async (what, says) => {
    const called = await equipoise('show', ...what);
    expect(called).toMatchObject({ code: 2, out: '' });
    expect(called.notes).toMatch(says);
  });

  test('a run folder', async () => {
    const { out } = await equipoise('show', run);
    expect(out).toMatch(`${run}: finished run`);
    expect(out).toMatch(/row\/plain\/seed-1 +finished, 1 s/);
    const json = JSON.parse((await equipoise('show', run, '--json')).out) as { jobs: unknown[] };
    expect(json).toMatchObject({ status: 'finished run', config: { name: 'tiny' }, environment: { backend: 'cpu' } });
    expect(json.jobs).toHaveLength(3);
  });
});

describe('report', () => {
  test('prints the report and writes its page where it is told', async () => {
    const page = join(folder, 'page.html');
    const { code, out, notes } = await equipoise('report', run, '--html', page);
    expect(code).toBe(0);
    expect(out).toMatch(/^Tiny/);
    expect(notes).toBe(`Page: ${page}`);
    expect(readFileSync(page, 'utf8')).toMatch(/<title>Tiny/);
  });

  test('as JSON is what the run wrote', async () => {
    const { out } = await equipoise('report', run, '--json');
    expect(JSON.parse(out)).toEqual(JSON.parse(readFileSync(join(run, 'report.json'), 'utf8')));
  });

  test('of what is no run, of nothing, and of a damaged one: one error each', async () => {
    expect((await equipoise('report', folder)).notes).toMatch('is not a run folder');
    expect((await equipoise('report', join(folder, 'none'))).notes).toMatch('There is no run in');
    const damaged = join(folder, 'damaged');
    await equipoise('run', file, '--folder', damaged);
    writeFileSync(join(damaged, 'report.json'), '{"reportVersion":');
    const called = await equipoise('report', damaged);
    expect(called.code).toBe(1);
    expect(called.notes).toMatch(/report\.json is damaged.*\n\(EQUIPOISE_STORAGE\)$/);
  });
});

describe('run', () => {
  test('--json prints the report and nothing else; --full and --seeds choose what runs', async () => {
    const { code, out, notes } = await equipoise(
      'run',
      file,
      '--folder',
      join(folder, 'json'),
      '--json',
      '--full',
      '--seeds',
      '5,6',
    );
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ reportVersion: 1, title: 'Tiny', data: { experiment: 'tiny' } });
    expect(notes).toMatch('Tiny: 4 trainings');
    expect(readdirSync(join(folder, 'json/jobs/row/plain')).sort()).toEqual(['seed-5.json', 'seed-6.json']);
  });
});

describe('backend install', () => {
  test.each([
    [['wasm'], 'There is nothing to install for "wasm". What can be installed: node.'],
    [['node', '--pip', '--libtensorflow', '/nowhere'], 'Give one of --pip and --libtensorflow, not both.'],
  ])('called wrongly (%j) says how, and installs nothing', async (words, message) => {
    const { code, notes } = await equipoise('backend', 'install', ...words);
    expect(code).toBe(2);
    expect(notes).toContain(message);
  });

  test('without a library where one is said to be ends with the reason and its code', async () => {
    vi.stubEnv('EQUIPOISE_HOME', temporaryFolder());
    const { code, notes } = await equipoise('backend', 'install', 'node', '--libtensorflow', '/nowhere');
    vi.unstubAllEnvs();
    expect(code).toBe(1);
    expect(notes).toContain('There is no libtensorflow with its headers in /nowhere');
    expect(notes).toContain('EQUIPOISE_BACKEND_INSTALL');
  });
});

describe('backend list', () => {
  test('shows what computes here, what it can do and how fast', async () => {
    const { out } = await equipoise('backend', 'list');
    expect(out).toMatch(/^ {2}wasm +available\n +runs on: WebAssembly/m);
    expect(out).toMatch(/GFLOP\/s/);
    const json = JSON.parse((await equipoise('backend', 'list', '--no-measure', '--json')).out) as { name: string }[];
    expect(json.map(({ name }) => name)).toEqual(['cpu', 'node', 'node-gpu', 'wasm', 'webgpu']);
  });

  test('shows of one that cannot be used here why not, and how to get it', async () => {
    const absent = fileURLToPath(new URL('plugins/absent-backend.mjs', import.meta.url));
    const { out } = await equipoise('backend', 'list', '--no-measure', '--plugin', absent);
    expect(out).toMatch(/^ {2}absent +not available: there is no such device\n +to get it: install its driver$/m);
  });
});

describe('check', () => {
  test('a plugin that keeps the contracts passes', async () => {
    const { code, out } = await equipoise('check', join(root, 'packages/losses/cross-entropy'));
    expect(code, out).toBe(0);
    expect(out).toMatch(/\d+ passed, 0 failed$/);
  });

  test('a plugin that breaks them: which checks, why, and exit code 1', async () => {
    const called = await equipoise('check', broken);
    expect(called.code).toBe(1);
    expect(called.out).toMatch(/^FAIL component\/unknown-option-refused \(bad\): .*\n {5}\S/m);
    expect(called.notes).toMatch(/broken fails \d+ of \d+ checks\.\n\(EQUIPOISE_CHECKS_FAILED\)$/);
  });
});

describe('schema', () => {
  const ajv = new Ajv2020({ strict: false, allErrors: true });

  test('takes every experiment of examples/', async () => {
    const validate = ajv.compile(JSON.parse((await equipoise('schema')).out) as object);
    const examples = join(root, 'examples');
    const names = readdirSync(examples).filter((name) => name.endsWith('.json'));
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      expect(
        validate(JSON.parse(readFileSync(join(examples, name), 'utf8'))),
        `${name}: ${ajv.errorsText(validate.errors)}`,
      ).toBe(true);
    }
    expect(validate(tinyExperiment()), ajv.errorsText(validate.errors)).toBe(true);
  });

  test('refuses an unknown component, an option of the wrong type and an unknown key', async () => {
    const validate = ajv.compile(JSON.parse((await equipoise('schema')).out) as object);
    expect(validate(tinyExperiment({ model: { use: 'mpl' } }))).toBe(false);
    expect(validate(tinyExperiment({ model: { use: 'mlp', options: { hidden: 'many' } } }))).toBe(false);
    expect(validate(tinyExperiment({ rowz: [] }))).toBe(false);
  });

  test('knows the components of a plugin', async () => {
    const own = tinyExperiment({ dataset: { use: 'nan-pixels' } });
    const validate = ajv.compile(JSON.parse((await equipoise('schema', '--plugin', troubles)).out) as object);
    expect(validate(own), ajv.errorsText(validate.errors)).toBe(true);
    expect(ajv.compile(JSON.parse((await equipoise('schema')).out) as object)(own)).toBe(false);
  });
});
