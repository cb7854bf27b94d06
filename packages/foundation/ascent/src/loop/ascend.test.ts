import { onEachBackend } from '@equipoise/internal-testing';
import { createRng, inference } from '@equipoise/kit';
import type { AttackProblem } from '@equipoise/spec';
import { toyModel } from '@equipoise/conformance';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  ascend,
  type Ascent,
  createRegion,
  logitObjectives,
  type Point,
  problemEvaluator,
  projectedSteps,
} from '../index.js';

const batch = 6;
const rng = createRng(5);

onEachBackend(() => {
  let model: ReturnType<typeof toyModel>;
  let problem: AttackProblem;
  beforeEach(() => {
    model = toyModel(3);
    const x = tf.tensor(rng.fork('x').uniforms(batch * 16), [batch, 4, 4, 1]);
    const labels = tf.tidy(() => tf.cast(tf.argMax(model.forward(x, inference).logits!, 1), 'int32')) as tf.Tensor1D;
    problem = { model, x, labels, sampleIndices: [10, 11, 12, 13, 14, 15] };
  });
  afterEach(() => {
    tf.dispose([problem.x, problem.labels]);
    model.dispose();
  });

  const attack = (changes: Partial<Ascent> = {}): Ascent => {
    const region = createRegion({ norm: 'linf', eps: 0.2, bounds: [0, 1] }, problem.x.shape);
    return {
      original: problem.x,
      start: (streams, original, rows) => region.randomStart(rng, streams, original, rows),
      sampleIndices: problem.sampleIndices,
      evaluator: problemEvaluator(problem, { objective: logitObjectives['cross-entropy'] }),
      rule: projectedSteps({ region, stepSize: 0.05 }),
      steps: 8,
      keep: 'success',
      mayShrink: true,
      ...changes,
    };
  };
  const valuesOf = async (ascent: Ascent) => {
    const { x, values, success } = await ascend(ascent);
    const read = { x: await x.data(), values: await values.data(), success: await success.data() };
    tf.dispose([x, values, success]);
    return read;
  };

  test('finished samples leave the batch, and the result is that of a batch in which they stay', async () => {
    const sizes: number[] = [];
    const observe = (point: Point) => void sizes.push(point.x.shape[0]!);
    const shrunk = await valuesOf(attack({ stopAtSuccess: true, observe }));
    const whole = await valuesOf(attack({ stopAtSuccess: true, mayShrink: false }));
    expect(sizes[0]).toBe(batch);
    expect(Math.min(...sizes)).toBeLessThan(batch);
    expect(shrunk.success).toContain(1);
    expect(shrunk).toEqual(whole);
  });

  test('copies in one batch are the copies one after the other, and the best of them comes back', async () => {
    const sizes: number[] = [];
    const observe = (point: Point) => void sizes.push(point.x.shape[0]!);
    const together = await valuesOf(attack({ copies: 3, observe }));
    expect(new Set(sizes)).toEqual(new Set([3 * batch]));
    expect(together).toEqual(await valuesOf(attack({ copies: 3, mayShrink: false })));
    const single = await valuesOf(attack());
    single.values.forEach((value, row) => {
      if (single.success[row]) expect(together.success[row]).toBe(1);
      if (single.success[row] === together.success[row]) expect(together.values[row]).toBeGreaterThanOrEqual(value);
    });
  });

  test('every copy of a sample leaves with the one that succeeded', async () => {
    const rowsSeen: number[][] = [];
    const observe = async ({ rows, seen }: Point) => {
      const [places, success] = await Promise.all([rows.data(), seen.success.data()]);
      rowsSeen.push([...places]);
      rowsSeen.push([...places].filter((_, index) => success[index]));
    };
    await valuesOf(attack({ copies: 3, stopAtSuccess: true, observe }));
    for (let step = 1; step < rowsSeen.length - 1; step += 2) {
      for (const done of rowsSeen[step]!) expect(rowsSeen[step + 1]).not.toContain(done);
    }
  });

  test('the best iterate by value is at least as high as every one that was seen', async () => {
    const highest = new Array<number>(batch).fill(-Infinity);
    const observe = async ({ seen }: Point) =>
      (await seen.values.data()).forEach((value, row) => (highest[row] = Math.max(highest[row]!, value)));
    const { values } = await valuesOf(attack({ keep: 'value', observe }));
    expect([...values]).toEqual(highest);
  });

  test('the nearest success is nearer than the best one, never farther', async () => {
    const distance = (x: tf.Tensor, original: tf.Tensor) =>
      tf.max(tf.abs(tf.reshape(tf.sub(x, original), [x.shape[0]!, -1])), 1) as tf.Tensor1D;
    const start = (_: unknown, original: tf.Tensor) => original;
    const far = await valuesOf(attack({ start }));
    const near = await valuesOf(attack({ start, keep: { nearest: distance } }));
    expect(near.success).toEqual(far.success);
    const move = (moved: ArrayLike<number>, row: number) =>
      Math.max(
        ...Array.from({ length: 16 }, (_, i) => Math.abs(moved[row * 16 + i]! - problem.x.dataSync()[row * 16 + i]!)),
      );
    const distances = Array.from(near.success).flatMap((success, row) =>
      success ? [[move(near.x, row), move(far.x, row)] as const] : [],
    );
    expect(distances.length).toBeGreaterThan(0);
    for (const [nearest, other] of distances) expect(nearest).toBeLessThanOrEqual(other);
    expect(distances.some(([nearest, other]) => nearest < other)).toBe(true);
  });

  test('a rule moves only samples with which it is not done, and the others keep what they had', async () => {
    const sizes: number[] = [];
    const { rule } = attack();
    const isIdle = ({ rows, step }: Point) => tf.lessEqual(rows, step - 1) as tf.Tensor1D;
    const counting = (mayShrink: boolean): Ascent['rule'] => ({
      ...rule,
      isIdle,
      next: (point, state, evaluator) => {
        if (mayShrink) sizes.push(point.rows.size);
        expect(point.seen.gradients!.shape).toEqual(point.x.shape);
        return rule.next(point, state, evaluator);
      },
    });
    const shrunk = await valuesOf(attack({ rule: counting(true), keep: 'last' }));
    expect(sizes).toEqual([6, 5, 4, 3, 2, 1]);
    expect(shrunk).toEqual(await valuesOf(attack({ rule: counting(false), keep: 'last', mayShrink: false })));
  });

  test('a value that is not a number is never the best', async () => {
    const evaluator = problemEvaluator(problem, { objective: logitObjectives['cross-entropy'] });
    const failing = {
      ...evaluator,
      slope: (x: tf.Tensor, place: Parameters<typeof evaluator.slope>[1]) => {
        const slope = evaluator.slope(x, place);
        return place.step === 3 ? { ...slope, values: tf.mul(slope.values, NaN) as tf.Tensor1D } : slope;
      },
    };
    const { values } = await valuesOf(attack({ evaluator: failing, keep: 'value' }));
    expect([...values].every(Number.isFinite)).toBe(true);
  });

  test('no steps: the start is judged and comes back', async () => {
    const { x, success } = await valuesOf(attack({ steps: 0, start: (_, original) => original }));
    expect(x).toEqual(await problem.x.data());
    expect([...success]).toEqual(new Array(batch).fill(0));
  });

  describe('ends early', () => {
    test('when it is asked to stop, and leaves nothing behind', async () => {
      const before = tf.memory().numTensors;
      const controller = new AbortController();
      const observe = ({ step }: Point) => (step === 2 ? controller.abort(new Error('enough')) : undefined);
      await expect(ascend(attack({ observe, signal: controller.signal }))).rejects.toThrow('enough');
      expect(tf.memory().numTensors).toBe(before);
    });

    test('when a rule throws, and leaves nothing behind', async () => {
      const before = tf.memory().numTensors;
      const { rule } = attack();
      const next: typeof rule.next = (point, state, evaluator) => {
        if (point.step === 3) throw new RangeError('no way on');
        return rule.next(point, state, evaluator);
      };
      await expect(ascend(attack({ rule: { ...rule, next }, copies: 2 }))).rejects.toThrow('no way on');
      expect(tf.memory().numTensors).toBe(before);
    });
  });
});
