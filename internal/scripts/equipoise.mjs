import { ensureInstalled, runTypeScript } from './bootstrap.mjs';

ensureInstalled();
process.exit(runTypeScript('packages/cli/src/bin.ts', process.argv.slice(2)));
