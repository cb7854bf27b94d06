import { spawnSync } from 'node:child_process';
import { ensureInstalled, root, runTypeScript } from './bootstrap.mjs';

const checks = [
  ['npm', 'test'],
  ['npm', 'run', 'test:webgpu'],
  ['npm', 'run', 'lint'],
  ['npm', 'run', 'format:check'],
  ['npm', 'run', 'typecheck'],
  ['npm', 'run', 'check:arrows'],
  ['npm', 'run', 'check:structure'],
  ['npm', 'run', 'check:unused'],
  ['npm', 'run', 'build'],
  ['npm', 'run', 'check:packages'],
  ['npm', 'run', 'docs'],
  ['npm', 'run', 'check:packed'],
];

ensureInstalled();
console.log('\n::: the backend node, on which every numerical test runs too');
if (runTypeScript('internal/scripts/install-node-backend.mjs', []) !== 0)
  console.log('::: The backend node cannot be set up here (why is said above): its tests are left out.');

let passed = 0;
const failed = [];
for (const [command, ...parameters] of checks) {
  const name = [command, ...parameters].join(' ');
  console.log(`\n::: ${name}`);
  const begin = Date.now();
  const { status, stdout } = spawnSync(command, parameters, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, CI: 'true', TURBO_TELEMETRY_DISABLED: '1' },
  });
  process.stdout.write(stdout);
  const counts = /^(\d+) passed, (\d+) failed/m.exec(stdout);
  passed += counts ? Number(counts[1]) : status === 0 ? 1 : 0;
  if (status !== 0) failed.push({ name, count: Math.max(1, counts ? Number(counts[2]) : 1) });
  console.log(`::: ${name}: ${status === 0 ? 'passed' : 'FAILED'} after ${Math.round((Date.now() - begin) / 1000)} s`);
}
if (failed.length > 0) console.log(`\nFailed: ${failed.map(({ name }) => name).join(', ')}`);
console.log(`${passed} passed, ${failed.reduce((sum, { count }) => sum + count, 0)} failed`);
process.exit(failed.length > 0 ? 1 : 0);
