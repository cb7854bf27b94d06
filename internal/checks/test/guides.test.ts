import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { commandRegistry } from '@equipoise/cli';
import { parseExperiment, resolveExperiment } from '@equipoise/core';
import { describe, expect, test } from 'vitest';
import { files, packages, root, shown } from '../src/workspace.mjs';

const guides = join(root, 'docs/guides');
const pages = readdirSync(guides).filter((name) => name.endsWith('.md'));
const text = (page: string) => readFileSync(join(guides, page), 'utf8');
const unique = (values: Iterable<string>) => [...new Set(values)].sort();

/** Variables of the environment, whose names look like codes. */
const noCodes = ['EQUIPOISE_DATA_DIR', 'EQUIPOISE_HOME'];

describe('errors.md', () => {
  const codes = (source: string) =>
    [...source.matchAll(/['"`](EQUIPOISE_[A-Z0-9_]+)['"`]/g)].map((match) => match[1] as string);
  const inSources = packages().flatMap(({ folder }) =>
    files(join(folder, 'src'), (path: string) => /\.ts$/.test(path) && !/\.test(-d)?\.ts$/.test(path)).flatMap(
      (path: string) => codes(readFileSync(path, 'utf8')),
    ),
  );
  const listed = [...text('errors.md').matchAll(/^\| `(EQUIPOISE_\w+)`/gm)].map((match) => match[1] as string);

  test('lists every code of the sources, and no other', () => {
    expect(inSources.length).toBeGreaterThan(20);
    expect(unique(listed)).toEqual(unique(inSources.filter((code) => !noCodes.includes(code))));
  });

  test('lists each once', () => expect(listed).toHaveLength(unique(listed).length));
});

describe('experiments.md', () => {
  const blocks = [...text('experiments.md').matchAll(/^```json\n([\s\S]*?)^```/gm)].map((match) => match[1] as string);

  test('has experiments that the command takes, with all their profiles', () => {
    expect(blocks.length).toBeGreaterThan(0);
    for (const block of blocks) {
      const experiment = parseExperiment(block, commandRegistry());
      for (const profile of Object.keys(experiment.profiles)) {
        expect(resolveExperiment(experiment, profile)).not.toEqual(resolveExperiment(experiment));
      }
    }
  });
});

test.each(pages)('the links of %s lead somewhere', (page) => {
  const links = [...text(page).matchAll(/\]\(([^)#:]+)(#[^)]*)?\)/g)].map((match) => match[1] as string);
  const broken = links.map((link) => join(dirname(join(guides, page)), link)).filter((path) => !existsSync(path));
  expect(broken.map(shown)).toEqual([]);
});

test('the index names every page', () => {
  const missing = pages.filter((page) => page !== 'README.md' && !text('README.md').includes(`](${page})`));
  expect(missing).toEqual([]);
});
