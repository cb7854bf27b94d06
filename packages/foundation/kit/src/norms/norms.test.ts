import { expectClose, onEachBackend } from '@equipoise/internal-testing';
import { EquipoiseError } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { dualNorm, sampleNorm, steepestDirection } from './norms.js';
import { dualOrder, normOrder, type NormOrder } from './order.js';
import { perSample } from './per-sample.js';

const invalid = (error: unknown) => EquipoiseError.isInstance(error, 'EQUIPOISE_INVALID_OPTIONS');
const names = ['linf', 'l2', 'l1'] as const;

describe('orders', () => {
  test('have names', () => {
    expect((['linf', 'l2', 'l1', 'l0', 1.5, Infinity] as NormOrder[]).map(normOrder)).toEqual([
      Infinity,
      2,
      1,
      0,
      1.5,
      Infinity,
    ]);
    expect((['linf', 'l2', 'l1', 3] as NormOrder[]).map(dualOrder)).toEqual([1, 2, Infinity, 1.5]);
  });

  test.each(['l3', 'L2', 0.5, -1, NaN, undefined])('%s is no order', (bad) => {
    expect(() => normOrder(bad as NormOrder)).toThrow(expect.toSatisfy(invalid));
  });

  test('l0 has no dual', () => {
    expect(() => dualOrder('l0')).toThrow(/no dual/);
  });
});

onEachBackend(() => {
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  test.each(names)('the %s norm of images counts every axis but the first', (norm) => {
    const x = tf.tensor4d([3, -4, 0, 0, 0, 0, -12, 5], [2, 2, 2, 1]);
    const expected = { linf: [4, 12], l2: [5, 13], l1: [7, 17] }[norm];
    expectClose(sampleNorm(x, norm), { shape: [2], data: expected });
  });

  test.each([1e-25, 1e25])('squares of entries of size %s neither vanish nor overflow', (size) => {
    const x = tf.tensor2d([[3 * size, -4 * size]]);
    expectClose(tf.div(sampleNorm(x, 'l2'), size), [5]);
    expectClose(steepestDirection(x, 'l2'), [0.6, -0.8]);
  });

  test.each([...names, 3 as const])(
    'a sample of zeros has %s norm and direction zero, and leaves its neighbour alone',
    (norm) => {
      const x = tf.tensor2d([0, 0, 0, 2], [2, 2]);
      expect([...sampleNorm(x, norm).dataSync()]).toEqual([0, 2]);
      expect([...dualNorm(x, norm).dataSync()]).toEqual([0, 2]);
      expect([...steepestDirection(x, norm).dataSync()]).toEqual([0, 0, 0, 1]);
    },
  );

  test('of entries of equal size the l1 direction takes the first', () => {
    const direction = steepestDirection(tf.tensor3d([1, -3, 3, -3], [1, 2, 2]), 'l1');
    expect(direction.shape).toEqual([1, 2, 2]);
    expect([...direction.dataSync()].map((value) => value + 0)).toEqual([0, -1, 0, 0]);
  });

  test('samples without entries and batches without samples have norms', () => {
    for (const norm of names) {
      expect(sampleNorm(tf.zeros([0, 3]), norm).shape).toEqual([0]);
      expect(steepestDirection(tf.zeros([0, 3]), norm).shape).toEqual([0, 3]);
    }
  });

  test.each(names)('%s: one tensor is made', (norm) => {
    const x = tf.ones([2, 3]);
    const before = tf.memory().numTensors;
    sampleNorm(x, norm);
    dualNorm(x, norm);
    steepestDirection(x, norm);
    expect(tf.memory().numTensors).toBe(before + 3);
  });

  test('radii: one for all or one a sample, never negative, never too few', () => {
    const x = tf.zeros([2, 3, 1]);
    expect(perSample(0.5, x, 'eps').shape).toEqual([]);
    expect(perSample([1, 2], x, 'eps').shape).toEqual([2, 1, 1]);
    expect(perSample(tf.tensor1d([1, 2]), x, 'eps').shape).toEqual([2, 1, 1]);
    expect(() => perSample([1, 2, 3], x, 'eps')).toThrow(/eps, one a sample, has shape \[3\]; expected \[2\]/);
    expect(() => perSample(-1, x, 'eps')).toThrow(/eps: expected a number >= 0, got -1/);
    expect(() => perSample([1, NaN], x, 'eps')).toThrow(/got NaN/);
  });
});
