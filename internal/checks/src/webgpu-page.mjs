/** Bundles the page in `internal/checks/webgpu` from the sources and runs it in Chromium on SwiftShader's WebGPU. */
import { build } from 'esbuild';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInChromium } from './chromium.mjs';
import { root } from './workspace.mjs';

const source = join(root, 'internal/checks/webgpu');
const site = mkdtempSync(join(tmpdir(), 'equipoise-webgpu-'));
try {
  cpSync(join(source, 'index.html'), join(site, 'index.html'));
  await build({
    entryPoints: [join(source, 'page.ts')],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['@equipoise/source'],
    external: ['node:*'],
    outfile: join(site, 'bundle.js'),
    logLevel: 'error',
  });
  console.log(
    `ok   webgpu in Chromium: ${await runInChromium(site, ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'])}`,
  );
} catch (error) {
  console.log(`FAIL webgpu in Chromium\n${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(site, { recursive: true, force: true });
}
