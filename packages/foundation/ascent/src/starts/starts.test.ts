import { toyModel } from '@equipoise/conformance';
import { onEachBackend } from '@equipoise/internal-testing';
import { createRng, inference } from '@equipoise/kit';
import type { AttackProblem, Model, RunContext, RunEvent } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  coarsePictures,
  distanceIn,
  findStarts,
  growingNoise,
  inTurn,
  logitObjectives,
  nearestOutcome,
  problemEvaluator,
  type Proposal,
  type Starts,
} from '../index.js';

const batch = 4;
const place = { rows: undefined as unknown as tf.Tensor1D, streams: [10, 11, 12, 13], step: 0 };

onEachBackend(() => {
  let model: Model;
  let problem: AttackProblem;
  let events: RunEvent[];
  let context: RunContext;
  beforeEach(() => {
    model = toyModel(3);
    const x = tf.tensor(createRng(5).uniforms(batch * 16, 0.3, 0.7), [batch, 4, 4, 1]);
    const labels = tf.tidy(() => tf.cast(tf.argMax(model.forward(x, inference).logits!, 1), 'int32')) as tf.Tensor1D;
    problem = { model, x, labels, sampleIndices: place.streams };
    events = [];
    context = { rng: createRng(1), report: (event) => void events.push(event) };
  });
  afterEach(() => {
    tf.dispose([problem.x, problem.labels]);
    model.dispose();
  });

  const search = async (propose: Proposal, attempts: number, changes: Partial<AttackProblem> = {}) => {
    const whole = { ...problem, ...changes };
    const evaluator = problemEvaluator(whole, { objective: logitObjectives.margin });
    const starts = await findStarts({ problem: whole, evaluator, propose, attempts, context });
    const [x, isIdle, queries] = await Promise.all([starts.x.data(), starts.isIdle.data(), starts.queries.data()]);
    const isFooled = tf.tidy(
      () => evaluator.look(starts.x, { ...place, rows: tf.range(0, batch, 1, 'int32') }).success,
    );
    const fooled = [...(await isFooled.data())];
    tf.dispose([...(Object.values(starts) as Starts['x'][]), isFooled]);
    return { x: [...x], isIdle: [...isIdle], queries: [...queries], fooled };
  };
  const noise = () => growingNoise({ distribution: 'normal', first: 0.1, growth: 1.2, rng: createRng(2) });

  test('a start is the first proposal that meets the criterion, and no query is made after it', async () => {
    const found = await search(noise(), 30);
    expect(found.fooled).toEqual(new Array(batch).fill(1));
    expect(found.isIdle).toEqual(new Array(batch).fill(0));
    // Query q > 1 is proposal q − 2: with one attempt fewer than it took a sample finds none.
    const longest = Math.max(...found.queries);
    const shorter = await search(noise(), longest - 2);
    expect(shorter.queries).toEqual(found.queries.map((count) => Math.min(count, longest - 1)));
    expect(shorter.isIdle).toEqual(found.queries.map((count) => Number(count === longest)));
    expect(events).toContainEqual(expect.objectContaining({ code: 'EQUIPOISE_NO_START' }));
  });

  test('a sample that meets the criterion, and one without a start, are idle at their inputs', async () => {
    const labels = tf.tidy(() => {
      const others = tf.cast(tf.mod(tf.add(problem.labels, 1), 3), 'int32');
      return tf.where(tf.tensor1d([true, false, false, false], 'bool'), others, problem.labels) as tf.Tensor1D;
    });
    const { x, isIdle, queries } = await search((original) => tf.clone(original), 3, { labels });
    expect(x).toEqual([...(await problem.x.data())]);
    expect(isIdle).toEqual(new Array(batch).fill(1));
    expect(queries).toEqual([1, 4, 4, 4]);
    labels.dispose();
  });

  test('proposals grow, depend on stream and attempt alone, and stay in the box', async () => {
    const sizeAt = (step: number) =>
      tf.tidy(() => distanceIn('l2')(noise()(problem.x, { ...place, step }), problem.x).dataSync()[0]!);
    expect(sizeAt(20) / sizeAt(0)).toBeGreaterThan(0.5 * 1.2 ** 20);
    const pictures = coarsePictures([0, 1], createRng(3));
    const both = inTurn(noise(), 5, pictures);
    for (const step of [0, 4, 5, 9]) {
      const whole = tf.tidy(() => both(problem.x, { ...place, step }).dataSync());
      const alone = tf.tidy(() => both(tf.slice(problem.x, [2], [1]), { ...place, streams: [12], step }).dataSync());
      expect([...alone]).toEqual([...whole.slice(32, 48)]);
    }
    const picture = tf.tidy(() => pictures(problem.x, { ...place, step: 0 }).dataSync());
    expect(new Set(picture.slice(0, 16)).size).toBe(1);
    expect([...picture].every((value) => value >= 0 && value <= 1)).toBe(true);
  });

  test('the nearest outcome gives back the input of what failed or is too far', async () => {
    const ascended = tf.tidy(() => ({
      x: tf.add(problem.x, tf.tensor4d([0.01, 0.02, 0.01, 0.02], [batch, 1, 1, 1])),
      values: tf.zeros([batch]) as tf.Tensor1D,
      success: tf.tensor1d([true, true, false, false], 'bool'),
    }));
    const { adversarial, success } = nearestOutcome({ ...problem, eps: 0.015 }, ascended, 'linf');
    const moved = await distanceIn('linf')(adversarial, problem.x).data();
    expect([...(await success.data())]).toEqual([1, 0, 0, 0]);
    expect([...moved].map((distance) => distance > 0)).toEqual([true, false, false, false]);
    tf.dispose([adversarial, success]);
  });
});
