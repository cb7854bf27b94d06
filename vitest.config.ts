import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { softwareVulkan } from './internal/testing/src/vulkan.js';

// Test processes inherit this: the loader of libraries reads its variables when a process starts.
if (process.env['EQUIPOISE_TEST_BACKENDS']?.includes('webgpu')) Object.assign(process.env, softwareVulkan());

const conditions = ['@equipoise/source', 'node', 'import', 'module', 'default'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ['packages/**/src/**/*.test.ts', 'packages/**/test/**/*.test.ts', 'internal/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/template/**'],
    globalSetup: [join(import.meta.dirname, 'internal/testing/src/temporary-folder.ts')],
    pool: 'forks',
    execArgv: ['--conditions=@equipoise/source', '--import', 'tsx'],
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
