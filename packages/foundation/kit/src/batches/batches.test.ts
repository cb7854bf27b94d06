import { onEachBackend } from '@equipoise/internal-testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { createRng } from '../random/create-rng.js';
import { batchTensors } from './batch-tensors.js';
import { inference, training } from './modes.js';
import { clipToBounds, expandPerSample, flattenSamples, oneHotLabels } from './samples.js';

describe('modes', () => {
  test('inference does not train, training carries its stream, and neither can be changed', () => {
    const rng = createRng(1);
    expect(inference).toEqual({ training: false });
    expect(training(rng)).toEqual({ training: true, rng });
    expect(Object.isFrozen(inference) && Object.isFrozen(training(rng))).toBe(true);
  });
});

onEachBackend(() => {
  test('examples become a float32 batch and int32 labels', () => {
    const { x, labels } = batchTensors({
      shape: [2, 1, 2, 1],
      x: Float32Array.of(0, 0.25, 0.5, 1),
      labels: Int32Array.of(3, 0),
    });
    expect([x.shape, x.dtype, [...x.dataSync()]]).toEqual([[2, 1, 2, 1], 'float32', [0, 0.25, 0.5, 1]]);
    expect([labels.shape, labels.dtype, [...labels.dataSync()]]).toEqual([[2], 'int32', [3, 0]]);
    tf.dispose([x, labels]);
  });

  test('a wrong number of labels is refused', () => {
    const examples = { shape: [2, 1], x: new Float32Array(2), labels: new Int32Array(3) };
    expect(() => batchTensors(examples)).toThrow(/labels of examples has shape \[3\]; expected \[2\]/);
  });

  test('samples flatten to rows', () => {
    const rows = flattenSamples(tf.zeros([2, 3, 4, 1]));
    expect(rows.shape).toEqual([2, 12]);
    expect(flattenSamples(tf.zeros([0, 3, 4])).shape).toEqual([0, 0]);
    expect(() => flattenSamples(tf.scalar(1))).toThrow(/expected \[\*, \*\]/);
  });

  test('one value a sample broadcasts over a batch', () => {
    const scaled = tf.mul(tf.ones([2, 2, 1]), expandPerSample(tf.tensor1d([2, 5]), 3));
    expect([...scaled.dataSync()]).toEqual([2, 2, 5, 5]);
    expect(() => expandPerSample(tf.zeros([2, 2]), 3)).toThrow(/one value a sample/);
  });

  test('labels become rows of ones and zeros in float32', () => {
    const rows = oneHotLabels(tf.tensor1d([2, 0], 'int32'), 3);
    expect([rows.dtype, [...rows.dataSync()]]).toEqual(['float32', [0, 0, 1, 1, 0, 0]]);
    expect(() => oneHotLabels(tf.zeros([2, 3]), 3)).toThrow(/labels/);
  });

  test('clipping keeps to the bounds', () => {
    expect([...clipToBounds(tf.tensor1d([-1, 0.5, 2]), [0, 1]).dataSync()]).toEqual([0, 0.5, 1]);
  });
});
