import { countCalls, distanceIn, margin } from '@equipoise/ascent';
import { onEachBackend } from '@equipoise/internal-testing';
import { createRng, inference, runAttack } from '@equipoise/kit';
import type { Activations, Attack, AttackProblem, Model, RunContext, RunEvent } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { boundary, hopSkipJump, nes } from '../src/index.js';

const batch = 4;
const size = 12;
/** Two classes have one boundary, a plane, on which a walk cannot end at the wrong place. */
const classes = 2;

onEachBackend(() => {
  let kernel: tf.Tensor2D;
  let scores: Model;
  let decisions: Model;
  let problem: AttackProblem;
  let events: RunEvent[];
  let context: RunContext;
  beforeEach(() => {
    kernel = tf.tensor2d(createRng(2).normals(size * classes), [size, classes]);
    const logits = (x: tf.Tensor) => tf.matMul(tf.sub(x, 0.5) as tf.Tensor2D, kernel) as tf.Tensor2D;
    scores = withoutGradients(logits);
    decisions = withoutGradients((x) => tf.cast(tf.oneHot(tf.argMax(logits(x), 1), classes), 'float32') as tf.Tensor2D);
    const x = tf.tensor(createRng(5).uniforms(batch * size, 0.4, 0.6), [batch, size]);
    const labels = tf.tidy(() => tf.cast(tf.argMax(logits(x), 1), 'int32')) as tf.Tensor1D;
    problem = { model: decisions, x, labels, sampleIndices: [10, 11, 12, 13] };
    events = [];
    context = { rng: createRng(1), report: (event) => void events.push(event) };
  });
  afterEach(() => tf.dispose([problem.x, problem.labels, kernel]));

  /** The distance to the boundary of a linear classifier whose box does not bind: gap/|w_y − w_j|_q. */
  const nearest = (norm: 'linf' | 'l2') => {
    const weights = kernel.arraySync().map(([a, b]) => a! - b!);
    const dual = norm === 'l2' ? Math.hypot(...weights) : weights.reduce((sum, value) => sum + Math.abs(value), 0);
    const gaps = tf.tidy(() => margin(scores.forward(problem.x, inference).logits!, problem.labels).dataSync());
    return Array.from(gaps, (gap) => -gap / dual);
  };
  const run = async (attack: Attack, changes: Partial<AttackProblem> = {}, norm: 'linf' | 'l2' = 'l2') => {
    const whole = { ...problem, ...changes };
    const { model, calls } = countCalls(whole.model);
    const { adversarial, success } = await attack.doPerturb({ ...whole, model }, context);
    const checked = await runAttack({ ...attack, doPerturb: async () => ({ adversarial, success }) }, whole, context);
    const distances = distanceIn(norm)(adversarial, problem.x);
    const read = {
      x: [...(await adversarial.data())],
      success: [...(await checked.success.data())],
      distances: [...(await distances.data())],
      calls,
    };
    tf.dispose([adversarial, success, distances, checked.success]);
    return read;
  };

  describe.each([
    ['hop-skip-jump in l2', (queries: number) => hopSkipJump({ queries }), 'l2', 1.05, 1000],
    ['hop-skip-jump in linf', (queries: number) => hopSkipJump({ norm: 'linf', queries }), 'linf', 1.05, 2000],
    ['boundary', (queries: number) => boundary({ queries }), 'l2', 1.05, 1000],
  ] as const)('%s', (_, make, norm, factor, queries) => {
    test('comes close to the boundary of a model that gives decisions alone, within its budget', async () => {
      const { success, distances, calls } = await run(make(queries), {}, norm);
      expect(success).toEqual(new Array(batch).fill(1));
      const least = nearest(norm);
      distances.forEach((distance, row) => {
        expect(distance).toBeGreaterThanOrEqual(least[row]! * (1 - 1e-4) - 1e-6);
        expect(distance).toBeLessThanOrEqual(least[row]! * factor);
      });
      expect(calls.backward).toBe(0);
      expect(calls.forward).toBeLessThanOrEqual(batch * queries);
      expect(calls.forward).toBeGreaterThan(batch * queries * 0.8);
    });

    test('gives each sample what it gives it alone', async () => {
      const attack = make(300);
      const together = await run(attack, {}, norm);
      const one = tf.tidy(() => ({
        x: tf.slice(problem.x, [2], [1]),
        labels: tf.slice(problem.labels, [2], [1]) as tf.Tensor1D,
      }));
      const { adversarial, success } = await attack.doPerturb({ ...problem, ...one, sampleIndices: [12] }, context);
      const alone = [...(await adversarial.data())];
      alone.forEach((value, index) => expect(value).toBeCloseTo(together.x[2 * size + index]!, 4));
      tf.dispose([adversarial, success, one.x, one.labels]);
    });

    test('leaves a misclassified sample where it is, and asks about it no more', async () => {
      const labels = tf.tidy(() => tf.cast(tf.mod(tf.add(problem.labels, 1), classes), 'int32')) as tf.Tensor1D;
      const { x, success, calls } = await run(make(300), { labels }, norm);
      expect(x).toEqual([...(await problem.x.data())]);
      expect(success).toEqual(new Array(batch).fill(1));
      expect(calls.forward).toBe(2 * batch);
      labels.dispose();
    });

    test('reports a sample without a start as failed', async () => {
      const constant = withoutGradients((x) => tf.tile(tf.tensor2d([[1, 0]]), [x.shape[0]!, 1]));
      const labels = tf.zeros([batch], 'int32') as tf.Tensor1D;
      const { x, success, calls } = await run(make(300), { model: constant, labels }, norm);
      expect(x).toEqual([...(await problem.x.data())]);
      expect(success).toEqual(new Array(batch).fill(0));
      expect(calls.forward).toBe(batch * 42);
      expect(events).toContainEqual(
        expect.objectContaining({ code: 'EQUIPOISE_NO_START', details: { missing: batch, count: batch } }),
      );
      labels.dispose();
    });

    test('begins at a start that is given', async () => {
      const start = tf.tidy(() => {
        const towards = tf.gather(tf.transpose(kernel), tf.cast(tf.mod(tf.add(problem.labels, 1), classes), 'int32'));
        return tf.clipByValue(tf.add(problem.x, tf.mul(towards, 10)), 0, 1);
      });
      const { success } = await run(make(300), { start }, norm);
      expect(success).toEqual(new Array(batch).fill(1));
      start.dispose();
    });

    test('moves nothing that is masked', async () => {
      const mask = tf.tensor1d(Array.from({ length: size }, (_, index) => Number(index % 3 > 0)));
      const { x, success } = await run(make(300), { mask }, norm);
      const original = await problem.x.data();
      x.forEach((value, index) =>
        mask.dataSync()[index % size] === 0 ? expect(value).toBe(original[index]) : undefined,
      );
      expect(success).toContain(1);
      mask.dispose();
    });

    test('a criterion that cannot select rows is asked about the whole batch alone', async () => {
      const sizes = new Set<number>();
      const criterion = (x: tf.Tensor) => {
        sizes.add(x.shape[0]!);
        return tf.notEqual(tf.argMax(decisions.forward(x, inference).logits!, 1), problem.labels) as tf.Tensor1D;
      };
      const { success } = await run(make(300), { criterion }, norm);
      expect([...sizes]).toEqual([batch]);
      expect(success).toEqual(new Array(batch).fill(1));
    });
  });

  describe('nes', () => {
    const options = { norm: 'l2', eps: 0.3, steps: 10, samples: 40 } as const;

    test('climbs scores of a model without gradients, within its radius and number of queries', async () => {
      const { distances, x, calls } = await run(nes({ ...options, objective: 'margin', earlyStop: false }), {
        model: scores,
      });
      distances.forEach((distance) => expect(distance).toBeLessThanOrEqual(0.3 * (1 + 1e-5)));
      const gaps = tf.tidy(() => {
        const at = tf.tensor2d(x, [batch, size]);
        const gapOf = (from: tf.Tensor) => margin(scores.forward(from, inference).logits!, problem.labels);
        return [...tf.sub(gapOf(at), gapOf(problem.x)).dataSync()];
      });
      // The steepest way changes the gap by eps·|w_0 − w_1|; an estimate from 40 pairs loses little of it.
      const steepest = 0.3 * Math.hypot(...kernel.arraySync().map(([a, b]) => a! - b!));
      gaps.forEach((gap) => expect(gap).toBeGreaterThan(0.9 * steepest));
      expect(calls.backward).toBe(0);
      expect(calls.forward).toBe(batch * (1 + 10 * (2 * 40 + 1)));
    });

    test('stops asking about samples that are done', async () => {
      const { success, calls } = await run(nes({ ...options, eps: 2 }), { model: scores });
      expect(success).toEqual(new Array(batch).fill(1));
      expect(calls.forward).toBeLessThan(batch * (1 + 10 * 81));
    });

    test('says that decisions have no slope', async () => {
      const { success } = await run(nes(options));
      expect(success).toEqual(new Array(batch).fill(0));
      expect(events).toContainEqual(expect.objectContaining({ code: 'EQUIPOISE_ZERO_GRADIENTS' }));
    });
  });
});

function withoutGradients(logitsOf: (x: tf.Tensor) => tf.Tensor2D): Model {
  return {
    inputShape: [size],
    bounds: [0, 1],
    classes,
    supports: { gradients: false, secondOrder: false, logits: true },
    variables: new Map(),
    forward: (x): Activations => {
      const logits = logitsOf(x);
      return { logits, embedding: logits, layers: {} };
    },
    dispose: () => undefined,
  };
}
