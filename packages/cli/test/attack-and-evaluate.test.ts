import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { decodeSafetensors } from '@equipoise/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { equipoise, errorsIn, temporaryFolder, tinyExperiment, writeExperiment } from './command.js';

const folder = temporaryFolder();
const run = join(folder, 'run');
const pgd = JSON.stringify({ use: 'pgd', options: { eps: 0.3, steps: 3 } });

beforeAll(async () => {
  const file = writeExperiment(folder, tinyExperiment(), 'tiny.json');
  expect(await equipoise('run', file, '--folder', run)).toMatchObject({ code: 0 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('evaluate', () => {
  test('a run: a report as JSON and as files, and the same again from what was kept', async () => {
    const out = join(folder, 'evaluation');
    const words = ['evaluate', run, '--attack', pgd, '--eps', '0.1,0.3', '--folder', out, '--json', '--backend', 'cpu'];
    const first = await equipoise(...words);
    expect(first.code, first.notes).toBe(0);
    const report = JSON.parse(first.out) as { data: unknown };
    expect(existsSync(join(out, 'report.html'))).toBe(true);
    expect(readdirSync(join(out, 'partial', 'robustness')).length).toBeGreaterThan(0);
    const again = await equipoise(...words);
    expect((JSON.parse(again.out) as { data: unknown }).data).toEqual(report.data);
  });

  test('an attack named without a radius gets the first of the evaluation', async () => {
    const out = join(folder, 'named');
    const called = await equipoise(
      'evaluate',
      run,
      '--attack',
      'fgm',
      '--eps',
      '1/10',
      '--folder',
      out,
      '--backend',
      'cpu',
    );
    expect(called.code, called.notes).toBe(0);
    expect(called.out).toMatch(/fgm/);
  });
});

describe('attack', () => {
  test('keeps the adversarial inputs, within their radius', async () => {
    const file = join(folder, 'adversarial.safetensors');
    const called = await equipoise('attack', run, '--attack', pgd, '--out', file, '--json', '--backend', 'cpu');
    expect(called.code, called.notes).toBe(0);
    const summary = JSON.parse(called.out) as { samples: number; cleanAccuracy: number; robustAccuracy: number };
    expect(summary.robustAccuracy).toBeLessThanOrEqual(summary.cleanAccuracy);
    const { arrays } = decodeSafetensors(readFileSync(file));
    expect(arrays['adversarial']!.shape[0]).toBe(summary.samples);
    expect(Math.max(...arrays['distances']!.data)).toBeLessThanOrEqual(0.3 + 1e-6);
  });
});

describe('wrong use is one error', () => {
  test.each<[string, string[], RegExp]>([
    ['no attack', ['attack', run], /exactly one --attack/],
    ['a row that is not there', ['attack', run, '--attack', pgd, '--row', 'none'], /row: expected one of/],
    ['a folder that is no run', ['evaluate', folder, '--attack', pgd], /neither the folder of a run/],
    ['weights without a network', ['attack', join(run, 'w.safetensors'), '--attack', pgd], /--model/],
    ['an attack that is not JSON', ['attack', run, '--attack', '{pgd'], /--attack \{pgd/],
    ['a class that is not there', ['attack', run, '--attack', pgd, '--target', '99'], /expected "next" or a class/],
  ])('%s', async (_, words, message) => {
    const called = await equipoise(...words, '--backend', 'cpu');
    expect(called.code).toBeGreaterThan(0);
    expect(errorsIn(called)).toHaveLength(1);
    expect(called.notes).toMatch(message);
    expect(called.notes).not.toMatch(/^\s+at .*:\d+:\d+/m);
  });
});
