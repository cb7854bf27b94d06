import { ascend, distanceIn, logitObjectives, problemEvaluator } from '@equipoise/ascent';
import { type AttackFixture, expectClose, forEachAttackFixture, onEachBackend } from '@equipoise/internal-testing';
import { createRng, expandPerSample } from '@equipoise/kit';
import type { AttackProblem, RunContext } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { plb } from '../src/index.js';
import { logBarrierSteps } from '../src/log-barrier-steps.js';
import { schema } from '../src/options.js';

const context: RunContext = { rng: createRng(0), report: () => undefined };

onEachBackend(() => {
  forEachAttackFixture(['log-barrier'], async (subject) => {
    await checkIterates(subject);
    await checkOutcome(subject);
  });
  forEachAttackFixture(['minimal-distance'], checkMinimalDistance);
});

const numbers = (array: unknown) => (array as { data: number[] }).data;

function problemOf({ model, x, labels, start }: AttackFixture): AttackProblem {
  const sampleIndices = Array.from({ length: labels.size }, (_, index) => index);
  return { model, x, labels, sampleIndices, ...(start ? { start } : {}) };
}

function optionsOf({ fixture }: AttackFixture) {
  const { norm, outer, inner, stepSize, lambda, beta, mu, gamma } = fixture.options;
  return { norm, outer, inner, stepSize, lambda, beta, mu, gamma };
}

/** Every iterate, distance and number of backtracks of the loop itself; idle samples stay where they are. */
async function checkIterates(subject: AttackFixture): Promise<void> {
  const { fixture, tolerance, x, start, labels } = subject;
  const settings = schema.parse(optionsOf(subject));
  const problem = problemOf(subject);
  const evaluator = problemEvaluator(problem, { objective: logitObjectives.margin });
  const place = {
    rows: tf.range(0, labels.size, 1, 'int32'),
    streams: [...(problem.sampleIndices as number[])],
    step: 0,
  };
  const isIdle = tf.tidy(() => evaluator.look(x, place).success);
  const from = tf.tidy(() => tf.where(tf.broadcastTo(expandPerSample(isIdle, x.rank), x.shape), x, start!));
  const rule = logBarrierSteps(settings, {
    problem,
    mayShrink: true,
    isIdle: ({ rows }) => tf.cast(tf.gather(tf.cast(isIdle, 'int32'), rows), 'bool'),
  });
  const distance = distanceIn(settings.norm);
  const idle = await isIdle.data();
  const iterates: number[][] = [];
  const distances: number[][] = [];
  const backtracks: number[][] = [];
  const ended = await ascend({
    original: x,
    start: () => from,
    sampleIndices: problem.sampleIndices,
    evaluator,
    rule: {
      ...rule,
      next: async (point, state, source) => {
        const move = await rule.next(point, state, source);
        const rows = await point.rows.data();
        const counts = await move.state.backtracks.data();
        const all = new Array<number>(labels.size).fill(0);
        rows.forEach((row, index) => (all[row] = counts[index]!));
        backtracks.push(all);
        return move;
      },
    },
    steps: settings.outer * settings.inner,
    keep: { nearest: distance },
    mayShrink: true,
    observe: async ({ x: at, original, rows }) => {
      const far = distance(at, original);
      const size = x.size / labels.size;
      const values = [...(await x.data())];
      const lengths = new Array<number>(labels.size).fill(0);
      const [places, moved, measured] = await Promise.all([rows.data(), at.data(), far.data()]);
      places.forEach((row, index) => {
        values.splice(row * size, size, ...moved.slice(index * size, (index + 1) * size));
        lengths[row] = measured[index]!;
      });
      iterates.push(values);
      distances.push(lengths);
      far.dispose();
    },
  });
  const { expected } = fixture;
  expect(idle).toContain(1);
  expect(backtracks.flat()).toEqual(numbers(expected['backtracks']));
  expectClose(iterates.flat(), numbers(expected['iterates']), tolerance, 'iterates');
  expectClose(distances.flat(), numbers(expected['distances']), tolerance, 'distances');
  expectClose(ended.x, expected['best']!, tolerance, 'best');
  tf.dispose([ended.x, ended.values, ended.success, isIdle, from, place.rows]);
}

/** The attack as users call it. */
async function checkOutcome(subject: AttackFixture): Promise<void> {
  const { fixture, tolerance, x } = subject;
  const { adversarial, success } = await plb(optionsOf(subject)).doPerturb(problemOf(subject), context);
  const distances = distanceIn(fixture.options.norm)(adversarial, x);
  expectClose(adversarial, fixture.expected['best']!, tolerance, 'best');
  expectClose(distances, fixture.expected['bestDistance']!, tolerance, 'bestDistance');
  expect([...(await success.data())]).toEqual(new Array(success.size).fill(1));
  tf.dispose([adversarial, success, distances]);
}

/**
 * Enough runs that one of them ends at the nearest class, a λ that falls faster and a line search that goes farther than the defaults,
 * which come as near in several times as many iterations. In l1 only the window `F < hλ|w₁|/μ < F·|w₁|/|w₂|`, w₁ and w₂ the largest
 * slopes, leads to a corner: more and shorter steps meet it.
 */
const thorough = { outer: 8, inner: 10, beta: 0.3, gamma: 0.5, restarts: 8 };
const thoroughInL1 = { outer: 8, inner: 40, beta: 0.2, gamma: 0.2, restarts: 32 };

/** Never nearer than the closed form, up to rounding, and within 1 % of it. */
async function checkMinimalDistance(subject: AttackFixture): Promise<void> {
  const { fixture, tolerance, x } = subject;
  const { norm } = fixture.options;
  const { adversarial, success } = await plb({ norm, ...(norm === 'l1' ? thoroughInL1 : thorough) }).doPerturb(
    problemOf(subject),
    context,
  );
  const distances = distanceIn(norm)(adversarial, x);
  const found = await distances.data();
  numbers(fixture.expected['minimalDistance']).forEach((nearest, row) => {
    const distance = found[row]!;
    expect(distance).toBeGreaterThanOrEqual(nearest - tolerance.atol - tolerance.rtol * nearest);
    expect(distance).toBeLessThanOrEqual(1.01 * nearest);
  });
  expect([...(await success.data())]).toEqual(new Array(success.size).fill(1));
  tf.dispose([adversarial, success, distances]);
}
