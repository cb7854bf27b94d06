import { countCalls, distanceIn } from '@equipoise/ascent';
import { toyModel } from '@equipoise/conformance';
import { onEachBackend } from '@equipoise/internal-testing';
import { createRng, inference, runAttack, totalVariation } from '@equipoise/kit';
import type { AttackProblem, Distance, Model, RunContext, RunEvent } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { plb, type PlbOptions } from '../src/index.js';

const batch = 5;
const short = { outer: 4, inner: 6, gamma: 0.5, beta: 0.3 } as const;

onEachBackend(() => {
  let model: Model;
  let problem: AttackProblem;
  let events: RunEvent[];
  let context: RunContext;
  beforeEach(() => {
    model = toyModel(3);
    const x = tf.tensor(createRng(5).uniforms(batch * 16, 0.2, 0.8), [batch, 4, 4, 1]);
    problem = { model, x, labels: predicted(x), sampleIndices: [10, 11, 12, 13, 14] };
    events = [];
    context = { rng: createRng(1), report: (event) => void events.push(event) };
  });
  afterEach(() => {
    tf.dispose([problem.x, problem.labels]);
    model.dispose();
  });

  const predicted = (x: tf.Tensor) =>
    tf.tidy(() => tf.cast(tf.argMax(model.forward(x, inference).logits!, 1), 'int32')) as tf.Tensor1D;
  const attack = async (options: PlbOptions, changes: Partial<AttackProblem> = {}) => {
    const { adversarial, success } = await runAttack(
      plb({ ...short, ...options }),
      { ...problem, ...changes },
      context,
    );
    const distances = distanceIn(options.norm as Distance)(adversarial, problem.x);
    const read = {
      x: [...(await adversarial.data())],
      success: [...(await success.data())],
      distances: [...(await distances.data())],
    };
    tf.dispose([adversarial, success, distances]);
    return read;
  };

  test('a sample that is misclassified already stays where it is', async () => {
    const labels = tf.tidy(() => tf.cast(tf.mod(tf.add(problem.labels, 1), 3), 'int32')) as tf.Tensor1D;
    const { x, success } = await attack({ norm: 'l2' }, { labels });
    expect(x).toEqual([...(await problem.x.data())]);
    expect(success).toEqual(new Array(batch).fill(1));
    labels.dispose();
  });

  test.each(['linf', 'l2', 'l1', 'l0', 'total-variation'] as const)(
    'makes %s smaller than it was at the start',
    async (norm) => {
      const start = tf.tidy(() => farPoints(problem, predicted));
      const before = [...distanceIn(norm)(start, problem.x).dataSync()];
      // Entries that moved by less than √(2μ) go back at once: in a box of size 1 a smaller μ than the default lets some stay.
      const { success, distances } = await attack({ norm, mu: norm === 'l0' ? 0.02 : 1 }, { start });
      expect(success).toEqual(new Array(batch).fill(1));
      distances.forEach((distance, row) => expect(distance).toBeLessThan(before[row]!));
      start.dispose();
    },
  );

  test('more runs are never farther', async () => {
    const single = await attack({ norm: 'l2' });
    const several = await attack({ norm: 'l2', restarts: 3 });
    several.distances.forEach((distance, row) =>
      expect(distance).toBeLessThanOrEqual(single.distances[row]! * (1 + 1e-6)),
    );
    expect(several.distances).not.toEqual(single.distances);
  });

  test('moves nothing that is masked', async () => {
    const mask = tf.tensor(
      Array.from({ length: 16 }, (_, index) => Number(index < 12)),
      [4, 4, 1],
    );
    for (const norm of ['l2', 'total-variation'] as const) {
      const { x, success } = await attack({ norm }, { mask });
      const original = await problem.x.data();
      x.forEach((value, index) => (index % 16 < 12 ? undefined : expect(value).toBe(original[index])));
      expect(success).toContain(1);
    }
    mask.dispose();
  });

  test('with a radius, what is farther is no success, and comes back as it was', async () => {
    const { distances } = await attack({ norm: 'l2' });
    const eps = [...distances].sort((a, b) => a - b)[2]! * 1.0001;
    const within = await attack({ norm: 'l2' }, { eps });
    expect(within.success).toEqual(distances.map((distance) => Number(distance <= eps)));
    expect(within.distances).toEqual(distances.map((distance) => (distance <= eps ? distance : 0)));
  });

  test('a sample without a start fails, and a warning says so', async () => {
    const start = tf.clone(problem.x);
    const { x, success } = await attack({ norm: 'linf' }, { start });
    expect(x).toEqual([...(await problem.x.data())]);
    expect(success).toEqual(new Array(batch).fill(0));
    expect(events).toContainEqual(
      expect.objectContaining({ code: 'EQUIPOISE_NO_START', details: { missing: batch, count: batch } }),
    );
    start.dispose();
  });

  test('aims at targets', async () => {
    const targets = tf.tidy(() => tf.cast(tf.mod(tf.add(problem.labels, 1), 3), 'int32')) as tf.Tensor1D;
    const start = tf.tidy(() => farPoints(problem, predicted, targets));
    const { success } = await attack({ norm: 'l2' }, { targets, start });
    expect(success).toEqual(new Array(batch).fill(1));
    tf.dispose([targets, start]);
  });

  test('a criterion that cannot select rows gives what one that can does', async () => {
    const { labels } = problem;
    const forward = (x: tf.Tensor) => tf.cast(tf.argMax(model.forward(x, inference).logits!, 1), 'int32');
    const whole = { criterion: (x: tf.Tensor) => tf.notEqual(forward(x), labels) as tf.Tensor1D };
    const rows = {
      criterion: (x: tf.Tensor, at: tf.Tensor1D) => tf.notEqual(forward(x), tf.gather(labels, at)) as tf.Tensor1D,
      selectsRows: true,
    };
    const expected = await attack({ norm: 'l2' });
    expect(await attack({ norm: 'l2' }, rows)).toEqual(expected);
    expect((await attack({ norm: 'l2' }, whole)).distances).toEqual(expected.distances);
  });

  describe('asks the model', () => {
    test('about failed candidates only: fewer than all of them for every backtrack', async () => {
      const { model: counted, calls } = countCalls(model);
      const start = tf.tidy(() => farPoints(problem, predicted));
      const options = { ...short, norm: 'l2', maxBacktracks: 4 } as const;
      tf.dispose(Object.values(await plb(options).doPerturb({ ...problem, model: counted, start }, context)));
      const steps = short.outer * short.inner;
      expect(calls.backward).toBe(steps * batch);
      // Two looks for the start, one at the end, and at most five for the candidates of each step.
      expect(calls.forward - calls.backward - 3 * batch).toBeLessThan(5 * steps * batch);
      expect(calls.forward - calls.backward - 3 * batch).toBeGreaterThanOrEqual(steps);
      start.dispose();
    });
  });
});

/** A random point of the box for each sample that the model takes for another class (for the target). */
function farPoints(
  { x, labels }: AttackProblem,
  predicted: (x: tf.Tensor) => tf.Tensor1D,
  targets?: tf.Tensor1D,
): tf.Tensor {
  const rng = createRng(9);
  let points: tf.Tensor = tf.clone(x);
  for (let draw = 0; draw < 200; draw++) {
    const other = tf.tensor(rng.uniforms(x.size), x.shape);
    const [before, after] = [predicted(points), predicted(other)];
    const isDone = targets ? tf.equal(before, targets) : tf.notEqual(before, labels);
    const isNew = tf.logicalAnd(tf.logicalNot(isDone), targets ? tf.equal(after, targets) : tf.notEqual(after, labels));
    points = tf.where(tf.broadcastTo(tf.reshape(isNew, [-1, 1, 1, 1]), x.shape), other, points);
  }
  expect(
    totalVariation(tf.sub(points, x))
      .dataSync()
      .every((size) => size > 0),
  ).toBe(true);
  return points;
}
