import { ensureInstalled, runTypeScript } from './bootstrap.mjs';

ensureInstalled();
process.exit(runTypeScript('internal/bench/src/main.ts', process.argv.slice(2)));
