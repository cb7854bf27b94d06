/**
 * The tests that matter most on the backend webgpu, by a driver in software where there is no GPU, and a page in Chromium. All tests run
 * there with `EQUIPOISE_TEST_BACKENDS=webgpu npm test`, which takes long.
 */
import { spawnSync } from 'node:child_process';
import { ensureInstalled, root, runTypeScript } from './bootstrap.mjs';

const suites = [
  'packages/backends/webgpu',
  'packages/models/vision/test/conformance',
  'packages/foundation/autodiff/test/fixtures',
  'packages/losses/fcl/test/fixtures',
  'packages/attacks/pgd/test/fixtures',
];
/** Programs are compiled and run in software. */
const patience = '--testTimeout=120000';

ensureInstalled();
const { findChromium } = await import('../checks/src/chromium.mjs');
const chromium = findChromium();
process.env.EQUIPOISE_TEST_BACKENDS = 'webgpu';
if (runTypeScript('internal/testing/src/has-gpu-driver.ts', []) !== 0) {
  console.log(
    'webgpu was not tested: no Vulkan driver here, and chromium, which brings one, cannot be installed by apt-get.',
  );
  console.log('0 passed, 0 failed');
  process.exit(0);
}
const { count, runTests } = await import('./vitest.mjs');
const { status, ...result } = runTests(process.argv.length > 2 ? process.argv.slice(2) : [...suites, patience], [
  'dot',
]);
const { passed, failed, skipped } = count(result);
const page = chromium ? pageInChromium() : { passed: 0, failed: 0 };
console.log(`${passed + page.passed} passed, ${failed + page.failed} failed${skipped ? `, ${skipped} skipped` : ''}`);
process.exit(status !== 0 || failed + page.failed > 0 ? 1 : 0);

function pageInChromium() {
  const { status: problem } = spawnSync(process.execPath, ['internal/checks/src/webgpu-page.mjs'], {
    cwd: root,
    stdio: 'inherit',
  });
  return { passed: problem === 0 ? 1 : 0, failed: problem === 0 ? 0 : 1 };
}
