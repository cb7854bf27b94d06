import { ensureInstalled } from './bootstrap.mjs';

ensureInstalled();
const { count, runTests } = await import('./vitest.mjs');
const result = runTests(process.argv.slice(2), process.env.CI ? ['dot'] : ['default']);
const { passed, failed, skipped } = count(result);
console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`);
process.exit(result.status !== 0 || failed > 0 ? 1 : 0);
