import { pgd } from '@equipoise/attack-pgd';
import { createRng } from '@equipoise/kit';
import type { Attack, Report, RunContext, RunEvent } from '@equipoise/spec';
import { activateBackend, onEachBackend } from '@equipoise/internal-testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { robustness, type RobustnessData, type RobustnessOptions } from '../src/index.js';
import { type Call, line, ramp, subjectOf, towards } from './line.js';

const context = (report: (event: RunEvent) => void = () => undefined, seed = 1): RunContext => ({
  rng: createRng(seed),
  report,
});
const dataOf = (report: Report) => report.data as unknown as RobustnessData;
const analyze = async (options: RobustnessOptions, subject = subjectOf(points), given = context()) =>
  dataOf(await robustness(options).doAnalyze(subject, given));

// Distances to the other class: 0.4, 0.25, 0.1, 0.05, 0.2, 0.45.
const points = [0.1, 0.25, 0.4, 0.55, 0.7, 0.95];

onEachBackend(() => {
  test('the curve of a fixed-radius attack is that of the distances in closed form', async () => {
    const data = await analyze({
      attacks: { pgd: pgd({ eps: 0.1, steps: 10 }) },
      eps: [0.3, 0.15, 0.07],
      checks: false,
    });
    const [attack] = data.attacks;
    expect(data.cleanAccuracy).toBe(1);
    expect(attack?.eps).toEqual([0, 0.07, 0.15, 0.3]);
    expect(attack?.robustAccuracy).toEqual([1, 5 / 6, 4 / 6, 2 / 6]);
    expect(attack?.distances.map((distance) => distance === null)).toEqual([true, false, false, false, false, true]);
    expect(attack?.median).toBeLessThanOrEqual(0.3);
    expect(attack?.backward).toBeGreaterThan(0);
  });

  test('nothing depends on the batch size', async () => {
    const run = async (batchSize: number) => {
      const options = {
        attacks: { pgd: pgd({ eps: 0.1, steps: 4 }), nearest: towards(undefined) },
        eps: [0.1, 0.3],
        batchSize,
      };
      const report = await robustness(options).doAnalyze(subjectOf(points), context());
      return { ...report, circumstances: undefined };
    };
    expect(await run(2)).toEqual(await run(6));
  });
});

describe('counting', () => {
  beforeAll(() => activateBackend('cpu'));

  test('samples that are wrong when clean are never attacked and are broken at distance zero', async () => {
    const calls: Call[] = [];
    const data = await analyze(
      { attacks: { towards: towards(0.3, calls) }, checks: false },
      subjectOf(points, ramp(), [0, 0, 1, 1, 1, 0]),
    );
    expect(data.cleanAccuracy).toBeCloseTo(4 / 6, 12);
    expect(calls).toEqual([{ eps: 0.3, samples: [0, 1, 3, 4] }]);
    expect(data.attacks[0]?.distances[2]).toBe(0);
    expect(data.attacks[0]?.distances[5]).toBe(0);
    expect(data.attacks[0]?.fooled).toBe(3 / 4);
  });

  test('radii go from small to large, and a broken sample is not attacked again', async () => {
    const calls: Call[] = [];
    const data = await analyze({ attacks: [towards(1, calls)], eps: [0.22, 0.12, 0.3], checks: false });
    expect(calls).toEqual([
      { eps: 0.12, samples: [0, 1, 2, 3, 4, 5] },
      { eps: 0.22, samples: [0, 1, 4, 5] },
      { eps: 0.3, samples: [0, 1, 5] },
    ]);
    expect(data.attacks[0]?.name).toBe('attack-1');
    expect(data.attacks[0]?.robustAccuracy).toEqual([1, 4 / 6, 3 / 6, 2 / 6]);
  });

  test('an attack without a radius runs once and counts at every radius by its distance', async () => {
    const calls: Call[] = [];
    const data = await analyze({
      attacks: { nearest: towards(undefined, calls) },
      eps: [0.12, 0.22, 1],
      checks: false,
    });
    expect(calls).toHaveLength(1);
    const [attack] = data.attacks;
    expect(attack?.robustAccuracy).toEqual([1, 4 / 6, 3 / 6, 0]);
    expect(attack?.median).toBeCloseTo((0.201 + 0.251) / 2, 6);
    expect(attack?.quantiles['0.9']).toBeCloseTo(0.451, 6);
  });

  test('the worst case takes the nearest success of each sample, norm by norm', async () => {
    const onlyLeft: Attack = towards(undefined, [], (x) => tf.where(tf.less(x, 0.5), tf.onesLike(x), x));
    const onlyRight: Attack = towards(undefined, [], (x) => tf.where(tf.less(x, 0.5), x, tf.zerosLike(x)));
    const l2 = { ...towards(undefined), threat: { norm: 'l2' as const } };
    const data = await analyze({ attacks: { onlyLeft, onlyRight, l2 }, eps: [1], checks: false });
    expect(data.norms.map(({ norm, attacks }) => [norm, attacks])).toEqual([
      ['linf', ['onlyLeft', 'onlyRight']],
      ['l2', ['l2']],
    ]);
    expect(data.attacks.map(({ fooled }) => fooled)).toEqual([0.5, 0.5, 1]);
    expect(data.norms[0]?.worstCase.robustAccuracy).toEqual([1, 0]);
  });

  test('a radius that float32 cannot hold is kept all the same', async () => {
    const exactly = towards(0.1, [], (x) => x);
    const data = await analyze({ attacks: { exactly }, checks: false }, subjectOf([0.45, 0.4005]));
    expect(data.attacks[0]?.violations).toEqual([]);
    expect(data.attacks[0]?.robustAccuracy).toEqual([1, 0]);
  });

  test('failures are null in JSON, and their median is never', async () => {
    const report = await robustness({ attacks: { weak: towards(0.01) }, checks: false }).doAnalyze(
      subjectOf(points),
      context(),
    );
    expect(dataOf(report).attacks[0]?.median).toBeNull();
    expect(report.tables[0]?.rows[0]?.['median']).toBe('never');
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });
});

describe('inputs that break their promise', () => {
  beforeAll(() => activateBackend('cpu'));

  test.each([
    ['leave the radius', (x: tf.Tensor) => tf.sub(1, x), /outside of the radius/],
    ['leave the bounds', (x: tf.Tensor) => tf.add(x, 3), /outside of the bounds/],
    ['are not numbers', (x: tf.Tensor) => tf.mul(x, NaN), /holds NaN/],
  ])('do not count where they %s', async (_, change, what) => {
    const warnings: RunEvent[] = [];
    const report = await robustness({ attacks: { cheat: towards(0.01, [], change) }, checks: false }).doAnalyze(
      subjectOf([0.1, 0.95]),
      context((event) => event.type === 'warning' && warnings.push(event)),
    );
    const data = dataOf(report);
    expect(data.attacks[0]?.robustAccuracy).toEqual([1, 1]);
    expect(data.attacks[0]?.violations).toHaveLength(2);
    expect(data.attacks[0]?.violations[0]?.what).toMatch(what);
    expect(warnings).toMatchObject([{ code: 'EQUIPOISE_LEFT_REGION', details: { attack: 'cheat', violations: 2 } }]);
    expect(report.tables.at(-1)?.rows[0]).toMatchObject({ attack: 'cheat', sample: 0, eps: 0.01 });
    expect(data.checks.find(({ check }) => check === 'inside')?.outcome).toBe('fail');
  });

  test('do not count as found where the input has not moved', async () => {
    let calls = 0;
    const moody = ramp((x) => tf.mul(x, (calls += 1) <= 2 ? 4 : -4) as tf.Tensor2D);
    const still = towards(0.01, [], (x) => x);
    const lazy: Attack = {
      ...still,
      doPerturb: async ({ x }) => ({ adversarial: tf.clone(x), success: tf.zeros([x.shape[0] ?? 0], 'bool') }),
    };
    const data = await analyze({ attacks: { lazy }, checks: false }, subjectOf([0.1], moody));
    expect(data.attacks[0]?.distances).toEqual([null]);
  });
});

describe('bad input', () => {
  beforeAll(() => activateBackend('cpu'));
  const attacks = { towards: towards(0.1) };

  test('logits that are not numbers name the example', async () => {
    const broken = ramp((x) => tf.div(x, tf.sub(x, x)) as tf.Tensor2D);
    await expect(analyze({ attacks }, subjectOf(points, broken))).rejects.toMatchObject({
      code: 'EQUIPOISE_NUMERICAL',
      details: { example: 0 },
    });
  });

  test('a label that is no class is refused', async () => {
    await expect(analyze({ attacks }, subjectOf([0.1, 0.9], ramp(), [0, 2]))).rejects.toThrow(/label 2 at index 1/);
  });

  test('a split that is missing is refused', async () => {
    await expect(analyze({ attacks, split: 'dev' })).rejects.toThrow(/has no split "dev"/);
  });

  test('an image out of bounds is refused', async () => {
    await expect(analyze({ attacks }, subjectOf([0.1, 1.5]))).rejects.toThrow(/x holds 1.5/);
  });

  test('an attack that the model cannot serve is named before anything runs', async () => {
    const model = { ...ramp(), supports: { gradients: false, secondOrder: false, logits: true } };
    await expect(analyze({ attacks: { mine: pgd({ eps: 0.1 }) } }, subjectOf(points, model))).rejects.toThrow(
      /Attack "mine" needs gradients.*model "ramp"/,
    );
    const picky = { ...towards(0.1), supports: { ...towards(0.1).supports, minimumClasses: 4 } };
    await expect(analyze({ attacks: { picky } })).rejects.toThrow(/Attack "picky" needs 4 classes/);
  });

  test('options are refused with their path', () => {
    expect(() => robustness({ attacks, eps: [-1] })).toThrow(/eps/);
    expect(() => robustness({ attacks, eps: [Infinity] })).toThrow(/eps/);
    expect(() => robustness({ attacks: {} })).toThrow(/at least one attack/);
    expect(() => robustness({ attacks: { none: 3 as unknown as Attack } })).toThrow(/attacks/);
    expect(() => robustness({ attacks: { nearest: towards(undefined) } })).toThrow(
      /radius above 0 for linf.*"nearest"/,
    );
    expect(() => robustness({ attacks, eps: { l2: [1] } })).toThrow(/radius above 0 for linf/);
  });

  test('fractions and a single number are radii', async () => {
    const data = await analyze({ attacks, eps: '51/255', checks: false });
    expect(data.attacks[0]?.eps).toEqual([0, 0.2]);
  });

  test('the data set may be larger than what is asked for', async () => {
    const data = await analyze({ attacks, samples: 2, checks: false }, { ...subjectOf(points), dataset: line(points) });
    expect(data.samples).toBe(2);
  });
});
