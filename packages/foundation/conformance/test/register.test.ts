import { test as nodeTest } from 'node:test';
import { EquipoiseError } from '@equipoise/spec';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { ConformanceError, defineCheck, registerChecks, runChecks, type TestRunner } from '../src/index.js';

const passing = defineCheck('demo/passes', 'holds', (expect) => expect(true, 'never'));
const failing = defineCheck('demo/fails', 'does not hold', (expect) =>
  expect(false, 'seen 1, expected 2', { seen: 1 }),
);
const throwing = defineCheck('demo/throws', 'throws', () => {
  throw new TypeError('inner');
});

describe('checks as data', () => {
  test('are registered with any runner that has a function test', async () => {
    const seen: [string, () => Promise<void>][] = [];
    registerChecks({ test: (title, body) => seen.push([title, body]) }, [passing, failing]);
    expect(seen.map(([title]) => title)).toEqual(['demo/passes: holds', 'demo/fails: does not hold']);
    await expect(seen[1]?.[1]()).rejects.toThrow(ConformanceError);
  });

  test('fit vitest and node:test', () => {
    expectTypeOf({ test }).toExtend<TestRunner>();
    expectTypeOf({ test: nodeTest }).toExtend<TestRunner>();
  });

  test('are run without a runner, and failures say what was seen', async () => {
    expect(await runChecks([passing, failing, throwing])).toEqual([
      { id: 'demo/passes', title: 'holds', passed: true },
      { id: 'demo/fails', title: 'does not hold', passed: false, message: 'demo/fails: seen 1, expected 2' },
      { id: 'demo/throws', title: 'throws', passed: false, message: 'demo/throws: the component threw: inner' },
    ]);
  });

  test('name themselves in the error', async () => {
    const error = await failing.run().catch((caught: unknown) => caught);
    expect(EquipoiseError.isInstance(error, 'EQUIPOISE_CONFORMANCE')).toBe(true);
    expect((error as ConformanceError).details).toEqual({ checkId: 'demo/fails', seen: 1 });
  });
});
