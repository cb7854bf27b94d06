import { pgd } from '@equipoise/attack-pgd';
import { createRng } from '@equipoise/kit';
import type { Attack, Model, RunEvent } from '@equipoise/spec';
import { activateBackend } from '@equipoise/internal-testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { type CheckOutcome, robustness, type RobustnessData } from '../src/index.js';
import { ramp, subjectOf, towards } from './line.js';

const points = [0.1, 0.25, 0.4, 0.55, 0.7, 0.95];
beforeAll(() => activateBackend('cpu'));

async function checksOf(attacks: Record<string, Attack>, model: Model = ramp(), x: readonly number[] = points) {
  const codes: string[] = [];
  const report = (event: RunEvent) => {
    if (event.type === 'warning') codes.push(event.code);
  };
  const options = { attacks, eps: [0.1, 0.2, 0.3], checks: { steps: 8 } };
  const found = await robustness(options).doAnalyze(subjectOf(x, model), { rng: createRng(1), report });
  const { checks } = found.data as unknown as RobustnessData;
  const outcome = (name: CheckOutcome['check']) => checks.find(({ check }) => check === name)?.outcome;
  return { outcome, codes, checks, report: found };
}

test('a sound evaluation passes every check', async () => {
  const { checks, codes } = await checksOf({ pgd: pgd({ eps: 0.1, steps: 8 }), black: towards(0.1) });
  expect(checks.map(({ check, outcome }) => [check, outcome])).toEqual(
    [
      'logits',
      'deterministic',
      'inside',
      'zero-gradients',
      'loss-rises',
      'more-steps',
      'random-noise',
      'unbounded',
      'black-box',
    ].map((check) => [check, 'pass']),
  );
  expect(codes).toEqual([]);
});

test('a model whose gradients are masked fails the checks that see it', async () => {
  const steps = ramp((x) => tf.mul(tf.sign(x), 4) as tf.Tensor2D);
  const { outcome, codes, report } = await checksOf(
    { pgd: pgd({ eps: 0.1, steps: 8, randomStart: false }), black: towards(0.1) },
    steps,
  );
  expect(outcome('zero-gradients')).toBe('fail');
  expect(outcome('loss-rises')).toBe('fail');
  expect(outcome('black-box')).toBe('fail');
  expect(codes).toContain('EQUIPOISE_MASKED_ROBUSTNESS');
  expect(codes.filter((code) => code === 'EQUIPOISE_ZERO_GRADIENTS')).toHaveLength(1);
  expect(report.summary.at(-1)).toMatch(/checks fail \(zero-gradients, loss-rises/);
});

test('attacks that are too weak do not beat noise, nor break everything without a limit', async () => {
  const asleep: Attack = {
    ...towards(0.1),
    doPerturb: async ({ x }) => ({ adversarial: tf.clone(x), success: tf.zeros([x.shape[0] ?? 0], 'bool') }),
  };
  const { outcome } = await checksOf({ asleep });
  expect(outcome('random-noise')).toBe('fail');
  expect(outcome('unbounded')).toBe('fail');
  expect(outcome('black-box')).toBe('not applicable');
  expect(outcome('loss-rises')).toBe('pass');
});

test('a model that long steps break and short ones do not fails the check on steps', async () => {
  // Walls at |x − 0.5| = 0.1, over which one step of length 0.2 jumps and before which steps of 0.0625 turn round.
  const wall = (x: tf.Tensor, at: number) => tf.mul(3, tf.exp(tf.neg(tf.square(tf.div(tf.sub(x, at), 0.03)))));
  const walled = ramp((x) => tf.add(tf.sub(tf.mul(x, 4), wall(x, -0.1)), wall(x, 0.1)) as tf.Tensor2D);
  const { outcome, checks } = await checksOf({ pgd: pgd({ eps: 0.1, steps: 8 }) }, walled, [0.32, 0.68]);
  expect(outcome('more-steps')).toBe('fail');
  expect(checks.find(({ check }) => check === 'more-steps')?.detail).toMatch(
    /0\.0 % after 1, 0\.0 % after 2, 100\.0 % after 8/,
  );
});

test('probabilities in the place of logits are told', async () => {
  const sigmoid: Model = {
    ...ramp(),
    forward: (x, mode) => {
      const { logits, ...rest } = ramp().forward(x, mode);
      return { ...rest, logits: tf.softmax(logits as tf.Tensor2D) };
    },
  };
  const { outcome, codes } = await checksOf({ pgd: pgd({ eps: 0.1, steps: 8 }) }, sigmoid);
  expect(outcome('logits')).toBe('fail');
  expect(codes).toEqual(['EQUIPOISE_PROBABILITIES']);
});

test('a random model is told', async () => {
  let calls = 0;
  const { outcome, codes } = await checksOf(
    { pgd: pgd({ eps: 0.1, steps: 8 }) },
    ramp((x) => tf.mul(x, 4 + (calls += 1) / 1000) as tf.Tensor2D),
  );
  expect(outcome('deterministic')).toBe('fail');
  expect(codes).toContain('EQUIPOISE_MASKED_ROBUSTNESS');
});

test('checks can be left out', async () => {
  const options = { attacks: { pgd: pgd({ eps: 0.1, steps: 4 }) }, checks: false } as const;
  const { data } = await robustness(options).doAnalyze(subjectOf(points), {
    rng: createRng(1),
    report: () => undefined,
  });
  expect((data as unknown as RobustnessData).checks.map(({ check }) => check)).toEqual([
    'logits',
    'deterministic',
    'inside',
    'black-box',
  ]);
});
