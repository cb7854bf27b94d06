import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Makes a plugin with the packed command outside the repository, as its author would, installs it from the tarballs, and runs
 * everything that its package.json offers and the snippet of its README.
 *
 * @param command path of the installed `equipoise`
 * @param tarballs paths of the tarballs by package name
 * @param tools `step(name, run)` reports a step, `must(command, parameters, folder)` runs a program or throws with its output
 */
export function checkPlugin(command, tarballs, { step, must }) {
  const home = mkdtempSync(join(tmpdir(), 'equipoise-plugin-'));
  const folder = join(home, 'my-loss');
  const npm = (...parameters) => void must('npm', parameters, folder);
  try {
    step('new loss my-loss', () => void must(command, ['new', 'loss', 'my-loss'], home));
    step('new loss my-loss: install', () => {
      useTarballs(join(folder, 'package.json'), tarballs);
      npm('install', '--no-audit', '--no-fund', '--loglevel=error');
    });
    for (const script of ['build', 'typecheck', 'test', 'check'])
      step(`new loss my-loss: ${script}`, () => npm('run', script));
    step('new loss my-loss: the snippet of its README', () => {
      const [, snippet] = readFileSync(join(folder, 'README.md'), 'utf8').match(/^```ts\n([\s\S]*?)^```/m);
      writeFileSync(join(folder, 'snippet.mjs'), snippet);
      return must(process.execPath, ['snippet.mjs'], folder).trim();
    });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** Takes every Equipoise package from its tarball, those that others depend on too, since no registry has them. */
function useTarballs(path, tarballs) {
  const manifest = JSON.parse(readFileSync(path, 'utf8'));
  const files = Object.fromEntries([...tarballs].map(([name, tarball]) => [name, `file:${tarball}`]));
  const inDependencies = Object.keys(manifest.dependencies).filter((name) => name in files);
  for (const name of inDependencies) manifest.dependencies[name] = files[name];
  const others = Object.fromEntries(Object.entries(files).filter(([name]) => !inDependencies.includes(name)));
  Object.assign(manifest.devDependencies, others);
  writeFileSync(path, JSON.stringify(manifest, null, 2));
}
