import { toyModel } from '@equipoise/conformance';
import { activateBackend, expectClose } from '@equipoise/internal-testing';
import type { AttackProblem } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { selectRows } from './select-rows.js';

beforeAll(() => activateBackend('cpu'));

const problem = (changes: Partial<AttackProblem> = {}): AttackProblem => ({
  model: toyModel(1, [2], 3),
  x: tf.tensor2d([0, 1, 2, 3, 4, 5], [3, 2]),
  labels: tf.tensor1d([0, 1, 2], 'int32'),
  sampleIndices: [10, 11, 12],
  ...changes,
});

test('everything that belongs to a sample is selected in the order that is asked for, and freed', () => {
  const whole = problem({
    targets: tf.tensor1d([1, 2, 0], 'int32'),
    start: tf.ones([3, 2]),
    mask: tf.tensor2d([1, 0, 0, 1, 1, 1], [3, 2]),
    eps: [0.1, 0.2, 0.3],
  });
  const before = tf.memory().numTensors;
  const { problem: part, rows, dispose } = selectRows(whole, [2, 0]);
  expect(rows).toEqual([2, 0]);
  expectClose(part.x, [4, 5, 0, 1]);
  expect([...part.labels.dataSync(), ...part.targets!.dataSync()]).toEqual([2, 0, 0, 1]);
  expectClose(part.mask!, [1, 1, 1, 0]);
  expect(part.start!.shape).toEqual([2, 2]);
  expect([part.eps, part.sampleIndices]).toEqual([
    [0.3, 0.1],
    [12, 10],
  ]);
  dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test('what is the same for all samples stays: one radius, the mask of one sample', () => {
  const mask = tf.tensor1d([1, 0]);
  const { problem: part } = selectRows(problem({ mask, eps: 0.5 }), [1]);
  expect(part.mask).toBe(mask);
  expect(part.eps).toBe(0.5);
});

test('an objective that selects rows is asked about the rows of the larger problem', () => {
  const asked: number[][] = [];
  const objective = (x: tf.Tensor, rows: tf.Tensor1D) => {
    asked.push([...rows.dataSync()]);
    return tf.sum(x, 1) as tf.Tensor1D;
  };
  const { problem: part } = selectRows(problem({ objective, selectsRows: true }), [2, 0]);
  part.objective!(part.x, tf.tensor1d([1, 0, 1], 'int32'));
  expect(asked).toEqual([[0, 2, 0]]);
});

test('with a criterion that only knows the whole batch, the problem stays whole', () => {
  const whole = problem({ criterion: (x) => tf.greater(tf.sum(x, 1), 0) as tf.Tensor1D });
  const { problem: part, rows, dispose } = selectRows(whole, [1]);
  expect(part).toBe(whole);
  expect(rows).toEqual([0, 1, 2]);
  dispose();
  expect(whole.x.isDisposed).toBe(false);
});
