import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const stamp = join(root, 'node_modules', '.cache', 'equipoise', 'installed');

/** Installs what package-lock.json asks for, unless that was done already; so every script works right after `git clone`. */
export function ensureInstalled() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(`Equipoise needs Node 20.19 or newer; this is ${process.version}.`);
  }
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.error('Installing dependencies (once) …');
  const { status } = spawnSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) fail('`npm ci` failed; its output is above.');
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}

/** Runs a program at the root of the repository and returns its exit status; Ctrl-C reaches the program, not this script. */
export function run(command, parameters, options = {}) {
  const ignore = () => {};
  process.on('SIGINT', ignore);
  const { status, signal } = spawnSync(command, parameters, { cwd: root, stdio: 'inherit', ...options });
  process.off('SIGINT', ignore);
  return signal === 'SIGINT' ? 130 : (status ?? 1);
}

/** Runs a TypeScript file of this repository from its sources. */
export function runTypeScript(file, parameters, options = {}) {
  return run(
    process.execPath,
    ['--conditions=@equipoise/source', '--import', 'tsx', join(root, file), ...parameters],
    options,
  );
}

/** Path of a command-line tool that the repository installs. */
export function tool(name) {
  return join(root, 'node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
