import { grad } from '@equipoise/autodiff';
import { expectClose, onEachBackend } from '@equipoise/internal-testing';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  differenceOfLogitsRatio,
  logitObjectiveNames,
  logitObjectives,
  margin,
  strongestOther,
  targetedDifferenceOfLogitsRatio,
} from '../index.js';

onEachBackend(() => {
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());
  const labels = () => tf.tensor1d([0, 2], 'int32');
  const logits = () => tf.tensor2d([3, 1, 0, -2, -5, -1, -4, -3], [2, 4]);

  test('the strongest other class, where every logit is negative too', () => {
    expect([...strongestOther(logits(), labels()).dataSync()]).toEqual([1, 1]);
    expect([...strongestOther(tf.tensor2d([[-1, -9, -5]]), tf.tensor1d([0], 'int32')).dataSync()]).toEqual([2]);
  });

  test('margins by hand, with their gradients', () => {
    expectClose(margin(logits(), labels()), [-2, 3]);
    expectClose(
      grad((z) => margin(z as tf.Tensor2D, labels()), logits()),
      [-1, 1, 0, 0, 0, 1, -1, 0],
    );
  });

  test('ratios of logit differences by hand', () => {
    // (1 − 3) / (3 − 0); (−1 + 4) / (−1 + 4)
    expectClose(differenceOfLogitsRatio(logits(), labels()), [-2 / 3, 1]);
    const targets = tf.tensor1d([3, 0], 'int32');
    // (−2 − 3) / (3 − (0 − 2)/2); (−5 + 4) / (−1 − (−4 − 5)/2)
    expectClose(targetedDifferenceOfLogitsRatio(logits(), labels(), targets), [-5 / 4, -1 / 3.5]);
  });

  test('ratios do not change when logits are shifted and scaled', () => {
    const changed = tf.add(tf.mul(logits(), 7), 3) as tf.Tensor2D;
    expectClose(differenceOfLogitsRatio(changed, labels()), differenceOfLogitsRatio(logits(), labels()));
  });

  test('gradients of ratios are those of differences', () => {
    const h = 1e-2;
    const of = (z: tf.Tensor) => differenceOfLogitsRatio(z as tf.Tensor2D, labels());
    const gradient = grad(of, logits()).dataSync();
    for (let index = 0; index < 8; index++) {
      const step = tf.tensor(
        Array.from({ length: 8 }, (_, at) => (at === index ? h : 0)),
        [2, 4],
      );
      const rise = tf.sum(tf.sub(of(tf.add(logits(), step)), of(tf.sub(logits(), step)))).dataSync()[0]!;
      expect(Math.abs(gradient[index]! - rise / (2 * h))).toBeLessThan(1e-3);
    }
  });

  test.each(logitObjectiveNames)('%s grows when the label loses, and aimed when the target wins', (name) => {
    const objective = logitObjectives[name];
    const lost = tf.tensor2d([1, 1, 0, -2, -5, -1, -6, -3], [2, 4]);
    const before = objective(logits(), labels()).dataSync();
    objective(lost, labels())
      .dataSync()
      .forEach((value, row) => {
        if (!(name === 'difference-of-logits-ratio' && row === 1)) expect(value).toBeGreaterThan(before[row]!);
      });
    const targets = tf.tensor1d([3, 0], 'int32');
    const won = tf.tensor2d([3, 1, 0, 2, 1, -1, -4, -3], [2, 4]);
    const aimed = objective(logits(), labels(), targets).dataSync();
    objective(won, labels(), targets)
      .dataSync()
      .forEach((value, row) => expect(value).toBeGreaterThan(aimed[row]!));
  });

  test('too few classes are refused', () => {
    const two = tf.tensor2d([[1, 2]]);
    const one = tf.tensor1d([0], 'int32');
    expect(() => differenceOfLogitsRatio(two, one)).toThrow(/3 classes or more/);
    expect(() => targetedDifferenceOfLogitsRatio(tf.tensor2d([[1, 2, 3]]), one, one)).toThrow(/4 classes or more/);
  });
});
