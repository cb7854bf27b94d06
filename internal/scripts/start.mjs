import { ensureInstalled, runTypeScript } from './bootstrap.mjs';

ensureInstalled();
process.exit(
  runTypeScript('packages/cli/src/bin.ts', ['run', 'examples/fcl-synthetic-mnist.json', ...process.argv.slice(2)]),
);
