import { inputGradients } from '@equipoise/autodiff';
import { ascend, createRegion, logitObjectives, type Point, problemEvaluator, projectedSteps } from '@equipoise/ascent';
import { createRng, inference } from '@equipoise/kit';
import { type AttackFixture, expectClose, forEachAttackFixture, onEachBackend } from '@equipoise/internal-testing';
import type { AttackProblem, RunContext } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { fgm, pgd } from '../src/index.js';

const context: RunContext = { rng: createRng(0), report: () => undefined };

onEachBackend(() => {
  forEachAttackFixture(['single-step'], checkSingleStep);
  forEachAttackFixture(['projected-gradient', 'momentum'], async (subject) => {
    await checkIterates(subject);
    await checkOutcome(subject, 'value');
    await checkOutcome(subject, 'success');
    await checkOutcome(subject, 'last');
  });
});

function problemOf({ fixture, model, x, labels, start }: AttackFixture): AttackProblem {
  const sampleIndices = Array.from({ length: labels.size }, (_, index) => index);
  const aim = fixture.options.targeted === true ? { targets: labels } : {};
  return { model, x, labels, sampleIndices, ...aim, ...(start ? { start } : {}) };
}

const numbers = (array: unknown) => (array as { data: number[] }).data;
const sign = ({ fixture }: AttackFixture) => (fixture.options.targeted === true ? -1 : 1);

async function checkSingleStep(subject: AttackFixture): Promise<void> {
  const { fixture, tolerance, model, x } = subject;
  const { norm, eps } = fixture.options;
  const { expected } = fixture;
  const problem = problemOf(subject);
  const objective = (at: tf.Tensor) =>
    logitObjectives['cross-entropy'](model.forward(at, inference).logits!, problem.labels, problem.targets);
  const { values, gradients } = inputGradients(objective, x);
  expectClose(tf.mul(values, sign(subject)), expected['loss']!, tolerance, 'loss');
  expectClose(tf.mul(gradients, sign(subject)), expected['gradient']!, tolerance, 'gradient');
  const { adversarial, success } = await fgm({ norm, eps }).doPerturb(problem, context);
  expectClose(adversarial, expected['adversarial']!, tolerance, 'adversarial');
  expect([...(await success.data())]).toEqual(numbers(expected['success']));
  tf.dispose([values, gradients, adversarial, success]);
}

/** Every iterate, loss and prediction of the loop itself. */
async function checkIterates(subject: AttackFixture): Promise<void> {
  const { fixture, tolerance, model, x } = subject;
  const { norm, eps, stepSize, steps, bounds, decay } = fixture.options;
  const problem = problemOf(subject);
  const region = createRegion({ norm, eps, bounds, projection: 'ball-then-box' }, x.shape);
  const seen: { x: tf.Tensor; values: tf.Tensor; predictions: tf.Tensor }[] = [];
  const observe = (point: Point) => {
    seen.push(
      tf.tidy(() => ({
        x: tf.clone(point.x),
        values: tf.mul(point.seen.values, sign(subject)),
        predictions: tf.argMax(model.forward(point.x, inference).logits!, 1),
      })),
    );
  };
  const ended = await ascend({
    original: x,
    start: () => subject.start!,
    sampleIndices: problem.sampleIndices,
    evaluator: problemEvaluator(problem, { objective: logitObjectives['cross-entropy'] }),
    rule: projectedSteps({ region, stepSize, decay }),
    steps,
    keep: 'value',
    observe,
  });
  const { expected } = fixture;
  const stacked = (pick: (one: (typeof seen)[number]) => tf.Tensor) => tf.tidy(() => tf.stack(seen.map(pick)));
  const iterates = stacked((one) => one.x);
  const losses = stacked((one) => one.values);
  const predictions = stacked((one) => one.predictions);
  expectClose(iterates, expected['iterates']!, tolerance, 'iterates');
  expectClose(losses, expected['losses']!, tolerance, 'losses');
  expect([...(await predictions.data())]).toEqual(numbers(expected['predictions']));
  expectClose(tf.mul(ended.values, sign(subject)), expected['bestLoss']!, tolerance, 'bestLoss');
  tf.dispose([seen, iterates, losses, predictions, ended.x, ended.values, ended.success]);
}

/** The attack as users call it. */
async function checkOutcome(subject: AttackFixture, keep: 'value' | 'success' | 'last'): Promise<void> {
  const { fixture, tolerance } = subject;
  const { norm, eps, stepSize, steps, decay } = fixture.options;
  const attack = pgd({
    norm,
    eps,
    stepSize,
    steps,
    keep,
    projection: 'ball-then-box',
    ...(decay === undefined ? {} : { momentum: decay }),
  });
  const { adversarial, success } = await attack.doPerturb(problemOf(subject), context);
  const { expected } = fixture;
  const verdicts = { value: 'success.best', success: 'success.any', last: 'success.final' }[keep];
  expect([...(await success.data())], keep).toEqual(numbers(expected[verdicts]));
  if (keep === 'value') expectClose(adversarial, expected['best']!, tolerance, 'best');
  if (keep === 'last') {
    const last = tf.tidy(() =>
      tf.squeeze(
        tf.slice(tf.tensor(numbers(expected['iterates']), [steps + 1, ...adversarial.shape]), [steps], [1]),
        [0],
      ),
    );
    expectClose(adversarial, last, tolerance, 'last');
    last.dispose();
  }
  tf.dispose([adversarial, success]);
}
