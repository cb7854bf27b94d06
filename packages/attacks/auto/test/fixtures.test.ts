import { ascend, createRegion, logitObjectives, type Point, problemEvaluator, type StepRule } from '@equipoise/ascent';
import { createRng, distancesBetween } from '@equipoise/kit';
import { type AttackFixture, expectClose, forEachAttackFixture, onEachBackend } from '@equipoise/internal-testing';
import type { AttackProblem, Norm, RunContext } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { momentumSteps } from '../src/apgd/momentum-steps.js';
import { apgd, autoAttack, fab, fabTargeted } from '../src/index.js';

const context: RunContext = { rng: createRng(0), report: () => undefined };

onEachBackend(() => {
  forEachAttackFixture(['auto-pgd'], async (subject) => {
    await checkIterates(subject);
    await checkOutcome(subject);
  });
  forEachAttackFixture(['minimal-distance'], async (subject) => {
    await checkMinimalDistances(subject);
    await checkRobustAccuracy(subject);
  });
});

function problemOf({ model, x, labels, start }: AttackFixture): AttackProblem {
  const sampleIndices = Array.from({ length: labels.size }, (_, index) => index);
  return { model, x, labels, sampleIndices, ...(start ? { start } : {}) };
}

const numbers = (array: unknown) => (array as { data: number[] }).data;

/** Every iterate, objective, best objective and step size of the loop itself. */
async function checkIterates(subject: AttackFixture): Promise<void> {
  const { fixture, tolerance, x, start } = subject;
  const { norm, eps, steps, rho, bounds } = fixture.options as {
    norm: Norm;
    eps: number;
    steps: number;
    rho: number;
    bounds: [number, number];
  };
  const problem = problemOf(subject);
  const region = createRegion({ norm, eps, bounds }, x.shape);
  const rule = momentumSteps({ region, steps, rho });
  const seen: { x: tf.Tensor; values: tf.Tensor }[] = [];
  const stepSizes: tf.Tensor[] = [];
  const best: tf.Tensor[] = [];
  const recording: typeof rule = {
    ...rule,
    next: async (point, state, evaluator) => {
      const move = await rule.next(point, state, evaluator);
      stepSizes.push(tf.clone(move.state.stepSizes));
      best.push(tf.clone(move.state.bestValues));
      return move;
    },
  };
  const ended = await ascend({
    original: x,
    start: () => start!,
    sampleIndices: problem.sampleIndices,
    evaluator: problemEvaluator(problem, { objective: logitObjectives['cross-entropy'] }),
    rule: recording as unknown as StepRule,
    steps,
    keep: 'value',
    observe: (point: Point) => void seen.push({ x: tf.clone(point.x), values: tf.clone(point.seen.values) }),
  });
  best.push(tf.clone(ended.values));
  const { expected } = fixture;
  const check = (name: string, tensors: tf.Tensor[]) => {
    const stacked = tf.stack(tensors);
    expectClose(stacked, expected[name]!, tolerance, name);
    stacked.dispose();
  };
  check('iterates', seen.map((one) => one.x)); // prettier-ignore
  check('losses', seen.map((one) => one.values)); // prettier-ignore
  check('bestLosses', best);
  check('stepSizes', stepSizes);
  expectClose(ended.x, expected['best']!, tolerance, 'best');
  tf.dispose([seen, stepSizes, best, ended.x, ended.values, ended.success]);
}

/** The attack as users call it. */
async function checkOutcome(subject: AttackFixture): Promise<void> {
  const { norm, eps, steps, rho } = subject.fixture.options;
  const { expected } = subject.fixture;
  const { adversarial, success } = await apgd({ norm, eps, steps, rho, keep: 'value' }).doPerturb(
    problemOf(subject),
    context,
  );
  expectClose(adversarial, expected['best']!, subject.tolerance, 'best');
  expect([...(await success.data())]).toEqual(numbers(expected['success.best']));
  tf.dispose([adversarial, success]);
}

/** FAB comes within one per cent of the exact distance, from above. */
async function checkMinimalDistances(subject: AttackFixture): Promise<void> {
  const norm = subject.fixture.options.norm as Norm;
  const exact = numbers(subject.fixture.expected['minimalDistance']);
  for (const attack of [fabTargeted({ norm, steps: 10 }), fab({ norm, steps: 10 })]) {
    const { adversarial, success } = await attack.doPerturb(problemOf(subject), context);
    expect([...(await success.data())]).toEqual(exact.map(() => 1));
    const found = await distancesBetween(subject.x, adversarial, norm);
    exact.forEach((distance, sample) => {
      expect(found[sample]).toBeLessThanOrEqual(1.01 * distance);
      expect(found[sample]).toBeGreaterThanOrEqual(distance * (1 - 1e-3) - 1e-6);
    });
    tf.dispose([adversarial, success]);
  }
}

/** The cascade breaks exactly the samples whose distance is less than the radius; all radii in one call, as radii of samples. */
async function checkRobustAccuracy(subject: AttackFixture): Promise<void> {
  const { fixture, model } = subject;
  const norm = fixture.options.norm as Norm;
  const radii = fixture.options.eps as number[];
  const exact = numbers(fixture.expected['minimalDistance']);
  const x = tf.concat(radii.map(() => subject.x));
  const labels = tf.concat(radii.map(() => subject.labels)) as tf.Tensor1D;
  const eps = radii.flatMap((radius) => exact.map(() => radius));
  const sampleIndices = eps.map((_, index) => index);
  const attack = autoAttack({ norm, eps: 1, steps: 10, queries: 10 });
  const { adversarial, success } = await attack.doPerturb({ model, x, labels, eps, sampleIndices }, context);
  const verdicts = [...(await success.data())];
  const found = await distancesBetween(x, adversarial, norm);
  const robust = radii.map((_, index) => {
    const ofRadius = verdicts.slice(index * exact.length, (index + 1) * exact.length);
    return ofRadius.filter((broken) => !broken).length / exact.length;
  });
  expect(robust).toEqual(numbers(fixture.expected['robustAccuracy']).map((value) => expect.closeTo(value, 10)));
  verdicts.forEach((broken, place) => {
    const distance = exact[place % exact.length]!;
    expect(found[place]).toBeLessThanOrEqual(eps[place]! + 1e-6);
    if (broken) expect(found[place]).toBeGreaterThanOrEqual(distance * (1 - 1e-3) - 1e-6);
  });
  tf.dispose([x, labels, adversarial, success]);
}
