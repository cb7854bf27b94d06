import { onEachBackend } from '@equipoise/internal-testing';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { createRng } from './create-rng.js';
import { sampleNormals, sampleUniforms } from './sample-noise.js';

onEachBackend(() => {
  test('a sample has the same noise in every batch, at every place', () => {
    const rng = createRng(1);
    const whole = sampleNormals(rng, 'noise', [4, 9, 2], [3, 2]);
    const other = sampleNormals(rng, 'noise', new Int32Array([2, 9]), [3, 2]);
    expect(whole.shape).toEqual([3, 3, 2]);
    const rows = whole.dataSync();
    expect(other.dataSync()).toEqual(Float32Array.from([...rows.slice(12, 18), ...rows.slice(6, 12)]));
    tf.dispose([whole, other]);
  });

  test('noise for another purpose, of another seed or distribution is other noise', () => {
    const rng = createRng(1);
    const tensors = [
      sampleNormals(rng, 'noise', [0], [4]),
      sampleNormals(rng, 'start', [0], [4]),
      sampleNormals(createRng(2), 'noise', [0], [4]),
      sampleUniforms(rng, 'noise', [0], [4]),
    ];
    expect(new Set(tensors.map((tensor) => tensor.dataSync()[0])).size).toBe(4);
    tf.dispose(tensors);
  });

  test('uniform noise keeps to its range', () => {
    const noise = sampleUniforms(createRng(3), 'start', [0, 1], [500], -0.3, 0.3);
    const values = noise.dataSync();
    expect(Math.min(...values)).toBeGreaterThanOrEqual(Math.fround(-0.3));
    expect(Math.max(...values)).toBeLessThan(0.3);
    expect(Math.max(...values) - Math.min(...values)).toBeGreaterThan(0.59);
    noise.dispose();
  });

  test('no samples give an empty batch, and one tensor is made', () => {
    const before = tf.memory().numTensors;
    const noise = sampleNormals(createRng(1), 'noise', [], [2, 2]);
    expect(noise.shape).toEqual([0, 2, 2]);
    expect(tf.memory().numTensors).toBe(before + 1);
    noise.dispose();
  });
});
