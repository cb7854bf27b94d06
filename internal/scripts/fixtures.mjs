import { ensureInstalled } from './bootstrap.mjs';

ensureInstalled();
const { count, runTests } = await import('./vitest.mjs');
const result = runTests(['fixtures.test', '--testNamePattern=^(.* )?fixtures \\S+ ', ...process.argv.slice(2)], []);
const topics = new Map();
for (const test of result.tests) {
  const topic = test.path.find((title) => title.startsWith('fixtures '))?.slice('fixtures '.length);
  if (topic === undefined || test.state === 'skipped' || test.state === 'pending') continue;
  const row = topics.get(topic) ?? { run: 0, failed: 0 };
  row.run += 1;
  if (test.state === 'failed') row.failed += 1;
  topics.set(topic, row);
}
for (const [topic, { run, failed }] of [...topics].sort()) {
  console.log(`${topic.padEnd(20)} ${String(run).padStart(5)} cases run ${String(failed).padStart(5)} failed`);
}
for (const { path, state, message } of result.tests) {
  if (state === 'failed') console.log(`\n${path.join(' > ')}\n${message}`);
}
const { failed } = count(result);
const ran = [...topics.values()].reduce((sum, row) => sum + row.run, 0);
console.log(`${ran - failed} passed, ${failed} failed`);
process.exit(failed > 0 || ran === 0 ? 1 : 0);
