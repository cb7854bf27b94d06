import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { packages, root } from '../src/workspace.mjs';

const folder = join(root, '.cache', 'readme');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
vi.setConfig({ maxConcurrency: availableParallelism() });

interface Page {
  /** What it is called in test titles. */
  readonly title: string;
  readonly path: string;
}

/** The TypeScript snippets of a page, in order; none of a page that is missing. */
function snippets({ path }: Page): string[] {
  if (!existsSync(path)) return [];
  return [...readFileSync(path, 'utf8').matchAll(/^```ts\n([\s\S]*?)^```/gm)].map((match) => match[1] as string);
}

/** Runs a script from the sources of the packages; other tests go on meanwhile. */
function run(
  ...parameters: string[]
): Promise<{ readonly status: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(process.execPath, ['--conditions=@equipoise/source', ...parameters], { cwd: folder });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
}

function runSnippets(page: Page, name: string): void {
  snippets(page).forEach((snippet, index) => {
    const path = join(folder, `${name}-${index}.ts`);
    writeFileSync(path, snippet);
    test.concurrent(`${page.title}, snippet ${index + 1}`, { timeout: 60_000 }, async () => {
      const { status, stdout, stderr } = await run('--import', 'tsx', path);
      expect(status, stdout + stderr).toBe(0);
      expect(stdout.split('\n').filter((line) => line.startsWith('FAIL'))).toEqual([]);
    });
  });
}

describe('the snippets of each README run as they stand', () => {
  for (const { folder: source, name } of packages()) {
    const page = { title: name, path: join(source, 'README.md') };
    test(`${name} has a snippet`, () => expect(snippets(page).length).toBeGreaterThan(0));
    runSnippets(page, `readme-${basename(join(source, '..'))}-${basename(source)}`);
  }
});

describe('the snippets of the readme, of each guide and of each method run as they stand', () => {
  runSnippets({ title: 'README.md', path: join(root, 'README.md') }, 'root');
  for (const kind of ['guides', 'methods']) {
    const pages = readdirSync(join(root, 'docs', kind)).filter((name) => name.endsWith('.md'));
    for (const file of pages) {
      runSnippets(
        { title: `${kind}/${file}`, path: join(root, 'docs', kind, file) },
        `${kind}-${basename(file, '.md')}`,
      );
    }
  }
});

test.concurrent('examples/fcl-from-code.ts runs as it stands', { timeout: 120_000 }, async () => {
  const { status, stdout, stderr } = await run('--import', 'tsx', join(root, 'examples/fcl-from-code.ts'));
  expect(status, stdout + stderr).toBe(0);
  expect(stdout).toMatch(/^FCL +\d/m);
});

test.concurrent('the snippets are typed', { timeout: 120_000 }, async () => {
  const tsconfig = { extends: join(root, 'tsconfig.base.json'), compilerOptions: { noEmit: true }, include: ['*.ts'] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
  const { status, stdout } = await run(join(root, 'node_modules/typescript/bin/tsc'), '-p', folder);
  expect(status, stdout).toBe(0);
});
