import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packages, root } from '../src/workspace.mjs';

const folder = join(root, '.cache', 'readme');

/** The TypeScript snippets of a README, in order. */
function snippets(text: string): string[] {
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map((match) => match[1] as string);
}

describe('the snippets of each README run as they stand', () => {
  mkdirSync(folder, { recursive: true });
  for (const { folder: source, name } of packages()) {
    const found = snippets(readFileSync(join(source, 'README.md'), 'utf8'));
    test(`${name} has a snippet`, () => expect(found.length).toBeGreaterThan(0));
    found.forEach((snippet, index) => {
      test.concurrent(`${name}, snippet ${index + 1}`, { timeout: 60_000 }, () => {
        const path = join(folder, `${basename(source)}-${index}.ts`);
        writeFileSync(path, snippet);
        const { status, stderr } = spawnSync(
          process.execPath,
          ['--conditions=@equipoise/source', '--import', 'tsx', path],
          { cwd: folder, encoding: 'utf8' },
        );
        expect(status, stderr).toBe(0);
      });
    });
  }
});
