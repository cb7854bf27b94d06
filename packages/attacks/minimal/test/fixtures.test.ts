import { countCalls } from '@equipoise/ascent';
import { type AttackFixture, expectClose, forEachAttackFixture, onEachBackend } from '@equipoise/internal-testing';
import { createRng, distancesBetween, inference } from '@equipoise/kit';
import type { Attack, AttackProblem, Norm, RunContext } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { carliniWagner, ddn, deepfool, fmn } from '../src/index.js';

const context: RunContext = { rng: createRng(0), report: () => undefined };

/** More than any fixture has classes. */
const candidates = 10;

/** Options with which each attack comes within 1 % of the closed form, as its documentation says. */
const attacks: Readonly<Record<Norm, readonly Attack[]>> = {
  linf: [deepfool({ norm: 'linf', overshoot: 0.005 }), fmn({ norm: 'linf', candidates })],
  l2: [
    deepfool({ norm: 'l2', overshoot: 0.005 }),
    fmn({ norm: 'l2', candidates }),
    ddn({ steps: 200, candidates }),
    carliniWagner({ searchSteps: 6, steps: 100, finalStepSize: 1e-4, abortEarly: false, candidates }),
  ],
  l1: [fmn({ norm: 'l1', candidates })],
};

onEachBackend(() => {
  forEachAttackFixture(['deepfool'], checkDeepfool);
  forEachAttackFixture(['minimal-distance'], async (subject) => {
    for (const attack of attacks[subject.fixture.options.norm as Norm]) await checkDistances(attack, subject);
  });
});

const numbers = (array: unknown) => (array as { data: number[] }).data;

function problemOf({ model, x, labels }: AttackFixture): AttackProblem {
  return { model, x, labels, sampleIndices: Array.from({ length: labels.size }, (_, index) => index) };
}

async function checkDeepfool(subject: AttackFixture): Promise<void> {
  const { fixture, tolerance, model, x } = subject;
  const { norm, overshoot, maxSteps } = fixture.options;
  const { expected } = fixture;
  const counted = countCalls(model);
  const problem = { ...problemOf(subject), model: counted.model };
  const { adversarial, success } = await deepfool({ norm, overshoot, maxSteps }).doPerturb(problem, context);
  expectClose(adversarial, expected['adversarial']!, tolerance, 'adversarial');
  expectClose(await distancesBetween(x, adversarial, norm), numbers(expected['distance']), tolerance, 'distance');
  const predictions = tf.tidy(() => tf.argMax(model.forward(adversarial, inference).logits!, 1));
  expect([...(await predictions.data())]).toEqual(numbers(expected['predictions']));
  expect([...(await success.data())]).toEqual(numbers(expected['steps']).map(() => 1));
  // A sample is looked at once more than it steps, and leaves.
  expect(counted.calls.forward).toBe(numbers(expected['steps']).reduce((sum, steps) => sum + steps + 1, 0));
  tf.dispose([adversarial, success, predictions]);
}

async function checkDistances(attack: Attack, subject: AttackFixture): Promise<void> {
  const { fixture, x } = subject;
  const { adversarial, success } = await attack.doPerturb(problemOf(subject), context);
  const closed = numbers(fixture.expected['minimalDistance']);
  const distances = await distancesBetween(x, adversarial, fixture.options.norm as Norm);
  expect([...(await success.data())]).toEqual(closed.map(() => 1));
  distances.forEach((distance, row) => {
    // From above, up to the rounding of float32, which the shortest distances feel.
    expect(distance).toBeGreaterThanOrEqual(closed[row]! * (1 - 1e-3));
    expect(distance).toBeLessThanOrEqual(closed[row]! * 1.01);
  });
  tf.dispose([adversarial, success]);
}
