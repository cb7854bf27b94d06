import { expectClose, onEachBackend } from '@equipoise/internal-testing';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stepDirection } from '../index.js';

onEachBackend(() => {
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());
  const gradient = () => tf.tensor2d([3, -4, 0, 0, 0, 0], [2, 3]);

  test('by hand, with zeros for a sample without a gradient', () => {
    expectClose(stepDirection(gradient(), 'linf'), [1, -1, 0, 0, 0, 0]);
    expectClose(stepDirection(gradient(), 'l2'), [0.6, -0.8, 0, 0, 0, 0]);
    expectClose(stepDirection(gradient(), 'l1'), [3 / 7, -4 / 7, 0, 0, 0, 0]);
    expectClose(stepDirection(gradient(), 'l1', 0.3), [0, -1, 0, 0, 0, 0]);
    expectClose(stepDirection(gradient(), 'l1', 0.7), [0.5, -0.5, 0, 0, 0, 0]);
  });

  test.each(['l2', 'l1'] as const)('%s: tiny gradients make steps of full length', (norm) => {
    const direction = stepDirection(tf.mul(gradient(), 1e-30), norm);
    expectClose(direction, stepDirection(gradient(), norm));
    expect(direction.dataSync().every(Number.isFinite)).toBe(true);
  });
});
