import { expectClose, onEachBackend } from '@equipoise/internal-testing';
import { createRng, inference, sampleNormals } from '@equipoise/kit';
import { toyModel } from '@equipoise/conformance';
import type { AttackProblem, Model } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  averaged,
  countCalls,
  estimated,
  logitObjectives,
  type Place,
  problemEvaluator,
  withSurrogate,
} from '../index.js';

const rng = createRng(8);
const options = { objective: logitObjectives['cross-entropy'] };

onEachBackend(() => {
  let model: Model;
  let problem: AttackProblem;
  let place: Place;
  beforeEach(() => {
    tf.engine().startScope();
    model = toyModel(3);
    const x = tf.tensor(rng.fork('x').uniforms(3 * 16), [3, 4, 4, 1]);
    problem = { model, x, labels: tf.tensor1d([0, 1, 2], 'int32'), sampleIndices: [4, 5, 6] };
    place = { rows: tf.tensor1d([0, 1, 2], 'int32'), streams: [4, 5, 6], step: 0 };
  });
  afterEach(() => {
    tf.engine().endScope();
    model.dispose();
  });

  test('a problem is judged by its own objective and criterion, else by its logits and targets', () => {
    const { x } = problem;
    const logits = model.forward(x, inference).logits!;
    const predicted = tf.argMax(logits, 1);
    const plain = problemEvaluator(problem, options).look(x, place);
    expectClose(plain.values, options.objective(logits, problem.labels));
    expect([...plain.success.dataSync()]).toEqual([...tf.notEqual(predicted, problem.labels).dataSync()]);
    const targets = tf.cast(predicted, 'int32') as tf.Tensor1D;
    const aimed = problemEvaluator({ ...problem, targets }, options).look(x, place);
    expect([...aimed.success.dataSync()]).toEqual([1, 1, 1]);
    const own = problemEvaluator(
      {
        ...problem,
        objective: (at) => tf.sum(tf.reshape(at, [-1, 16]), 1),
        criterion: (_, rows) => tf.greater(rows, 0) as tf.Tensor1D,
      },
      options,
    ).slope(x, place);
    expectClose(own.gradients, tf.onesLike(x));
    expect([...own.success.dataSync()]).toEqual([0, 1, 1]);
  });

  test('rows say whose labels count', () => {
    const { x } = problem;
    const swapped = problemEvaluator(problem, options).look(tf.reverse(x, 0), {
      ...place,
      rows: tf.tensor1d([2, 1, 0], 'int32'),
    });
    expectClose(swapped.values, tf.reverse(problemEvaluator(problem, options).look(x, place).values, 0));
  });

  test('one forward and one backward pass a slope, one forward pass a look, and none for verdicts that nobody reads', () => {
    const counting = countCalls(model);
    const counted = { ...problem, model: counting.model };
    problemEvaluator(counted, options).slope(problem.x, place);
    expect(counting.calls).toEqual({ forward: 3, backward: 3 });
    problemEvaluator(counted, options).look(problem.x, place);
    expect(counting.calls).toEqual({ forward: 6, backward: 3 });
    const objective = (at: tf.Tensor) =>
      tf.sum(tf.reshape(counting.model.forward(at, inference).embedding, [3, -1]), 1) as tf.Tensor1D;
    problemEvaluator({ ...counted, objective }, { ...options, judges: false }).slope(problem.x, place);
    expect(counting.calls).toEqual({ forward: 9, backward: 6 });
  });

  test('an expectation over nothing random is the plain evaluation', () => {
    const evaluator = problemEvaluator(problem, options);
    const mean = averaged(evaluator, { samples: 4, rng }).slope(problem.x, place);
    const plain = evaluator.slope(problem.x, place);
    expectClose(mean.values, plain.values);
    expectClose(mean.gradients, plain.gradients);
    expect([...mean.success.dataSync()]).toEqual([...plain.success.dataSync()]);
  });

  test('an expectation averages gradients through the transformation: twice the input, twice the gradient at twice the input', () => {
    const evaluator = problemEvaluator(problem, options);
    const half = (x: tf.Tensor) => tf.mul(x, 0.5);
    const mean = averaged(evaluator, { samples: 2, rng, transformation: half }).slope(problem.x, place);
    expectClose(mean.gradients, half(evaluator.slope(half(problem.x), place).gradients));
  });

  test('draws depend on stream, step and draw alone', () => {
    const evaluator = problemEvaluator(problem, options);
    const transformation = (x: tf.Tensor, stream: typeof rng, at: Place) =>
      tf.add(x, sampleNormals(stream, 'noise', at.streams, [4, 4, 1]));
    const noisy = averaged(evaluator, { samples: 3, rng, transformation });
    const all = noisy.slope(problem.x, place);
    const one = noisy.slope(tf.slice(problem.x, [1], [1]), { rows: tf.tensor1d([1], 'int32'), streams: [5], step: 0 });
    expectClose(one.gradients, tf.slice(all.gradients, [1], [1]));
    const later = noisy.slope(problem.x, { ...place, step: 1 });
    expect(later.values.dataSync()).not.toEqual(all.values.dataSync());
  });

  test('an estimated gradient points along the true one', () => {
    const evaluator = problemEvaluator(problem, options);
    const blind = { ...evaluator, slope: () => expect.unreachable() as never };
    const guess = estimated(blind, { samples: 400, sigma: 1e-2, rng }).slope(problem.x, place);
    const truth = evaluator.slope(problem.x, place);
    expectClose(guess.values, truth.values);
    const dot = (a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.reshape(tf.mul(a, b), [3, 16]), 1);
    const cosine = tf.div(
      dot(guess.gradients, truth.gradients),
      tf.sqrt(tf.mul(dot(guess.gradients, guess.gradients), dot(truth.gradients, truth.gradients))),
    );
    // In 16 dimensions n = 400 antithetic pairs leave an angle of tan ≈ √(15/400) = 0.19, a cosine of 0.98.
    for (const value of cosine.dataSync()) expect(value).toBeGreaterThan(0.95);
  });

  test('a surrogate gives the gradients, the model the verdict', () => {
    const other = toyModel(9);
    const own = problemEvaluator(problem, options);
    const substitute = problemEvaluator({ ...problem, model: other }, options);
    const { values, gradients } = withSurrogate(own, substitute).slope(problem.x, place);
    expectClose(values, own.look(problem.x, place).values);
    expectClose(gradients, substitute.slope(problem.x, place).gradients);
    other.dispose();
  });
});
