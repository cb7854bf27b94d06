import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

function bench(...words: string[]) {
  return spawnSync(process.execPath, ['--conditions=@equipoise/source', '--import', 'tsx', main, ...words], {
    encoding: 'utf8',
  });
}

test('with --json every line of the output is a measurement', () => {
  const { status, stdout, stderr } = bench('matmul', '--json', '--values', '2');
  expect(stderr).toMatch(/^matmul, wasm …\n/);
  expect(status).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  expect(lines).toHaveLength(2);
  for (const line of lines) {
    expect(JSON.parse(line)).toMatchObject({
      workload: 'matmul',
      backend: 'wasm',
      unit: 'GFLOP/s',
      n: 2,
      runs: 1,
      median: expect.any(Number),
      min: expect.any(Number),
      max: expect.any(Number),
    });
  }
});

test('a wrong name ends with code 2 and says what there is', () => {
  const { status, stdout, stderr } = bench('no-such-workload');
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain('matmul, conv, cnn-train, pgd-eval, adv-train, fcl-step, plb, sensitivity, startup');
});
