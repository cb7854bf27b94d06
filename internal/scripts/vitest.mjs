import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, run, tool } from './bootstrap.mjs';

/** Runs vitest and returns its exit status and the results of every test: `{ status, tests: [{ path, state, message }] }`. */
export function runTests(parameters, reporters = ['default']) {
  const folder = join(root, 'node_modules', '.cache', 'equipoise');
  const output = join(folder, `vitest-${process.pid}.json`);
  mkdirSync(folder, { recursive: true });
  const reporting = [...reporters, 'json'].map((name) => `--reporter=${name}`);
  const status = run(tool('vitest'), ['run', ...reporting, `--outputFile.json=${output}`, ...parameters]);
  const { testResults } = JSON.parse(readFileSync(output, 'utf8'));
  rmSync(output);
  const tests = testResults.flatMap((file) =>
    file.assertionResults.map((test) => ({
      path: [...test.ancestorTitles, test.title],
      state: test.status,
      message: test.failureMessages[0] ?? '',
    })),
  );
  const brokenFiles = testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  return { status, tests, brokenFiles };
}

/** Counts tests: `{ passed, failed, skipped }`; a file that could not be loaded counts as one failure. */
export function count({ tests, brokenFiles }) {
  const of = (...states) => tests.filter((test) => states.includes(test.state)).length;
  return {
    passed: of('passed'),
    failed: of('failed') + brokenFiles,
    skipped: of('skipped', 'pending', 'todo', 'disabled'),
  };
}
