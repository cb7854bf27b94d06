import { activateBackend } from '@equipoise/internal-testing';
import { mlp } from '@equipoise/model-vision';
import type { Dataset, Model } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { robustify, type RobustifyOptions } from '../src/index.js';
import { allOf, checkContext, linearModel, middlePoints, toyDataset, toyModel } from './helpers.js';

beforeAll(() => activateBackend('cpu'));

const network = (changes: object = {}) => mlp({ inputShape: [4, 4, 1], hidden: [12], classes: 3, seed: 3, ...changes });

async function made(model: Model, changes: Partial<RobustifyOptions> = {}, dataset: Dataset = toyDataset()) {
  return allOf(await robustify({ dataset, model, folder: null, seed: 1, steps: 60, ...changes }));
}

/** |g(z) − g(x)|/|g(x)| of every example, in float64 from float32 representations. */
async function distances(model: Model, z: Float32Array, x: Float32Array): Promise<number[]> {
  const represent = (values: Float32Array) =>
    tf.tidy(() => {
      const { embedding } = model.forward(tf.tensor(values, [values.length / 16, 4, 4, 1]), { training: false });
      return embedding.arraySync() as number[][];
    });
  const [found, wanted] = [represent(z), represent(x)];
  return found.map((row, index) => {
    const goal = wanted[index] as number[];
    return Math.hypot(...row.map((value, place) => value - (goal[place] as number))) / Math.hypot(...goal);
  });
}

describe('robustified examples', () => {
  test('are the originals where the representation is the input itself', async () => {
    const model = linearModel([1, 2]);
    const dataset = middlePoints(20, 2);
    const { x, labels, fields } = await made(model, { stepSize: 0.002, steps: 100 }, dataset);
    const original = await allOf(dataset);
    // Steps of fixed length end within one of them.
    x.forEach((value, index) => expect(Math.abs(value - (original.x[index] as number))).toBeLessThan(0.002));
    expect(labels).toEqual(original.labels);
    expect(Array.from(fields?.['source'] ?? [])).toEqual(Array.from(labels, (_, index) => index));
    model.dispose();
  });

  test('look to the model like the originals, and begin at other images of any class', async () => {
    const model = network();
    const [start, end] = [await made(model, { steps: 0 }), await made(model)];
    const original = await allOf(toyDataset());
    const others = end.fields?.['start'] as Int32Array;
    others.forEach((other, row) =>
      expect(start.x.subarray(16 * row, 16 * row + 16)).toEqual(original.x.subarray(16 * other, 16 * other + 16)),
    );
    others.forEach((other, row) => expect(other).not.toBe(row));
    const classesDiffer = others.filter((other, row) => original.labels[other] !== original.labels[row]).length;
    expect(classesDiffer).toBeGreaterThan(20);
    const [before, after] = [await distances(model, start.x, original.x), await distances(model, end.x, original.x)];
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(after)).toBeLessThan(0.25 * mean(before));
    // The field is the float32 value of the same ratio.
    after.forEach((value, row) => expect(end.fields?.['distance']?.[row]).toBeCloseTo(value, 4));
    model.dispose();
  });

  test('know whether the model gives them the right class', async () => {
    const model = network();
    const { x, labels, fields } = await made(model);
    const classes = tf.tidy(() => {
      const { logits } = model.forward(tf.tensor(x, [60, 4, 4, 1]), { training: false });
      return tf.argMax(logits as tf.Tensor2D, 1).dataSync();
    });
    expect(Array.from(fields?.['success'] ?? [])).toEqual(
      Array.from(labels, (label, row) => Number(classes[row] === label)),
    );
    model.dispose();
  });

  test('can begin at noise, within the box, differently for each', async () => {
    const model = network();
    const { x, fields } = await made(model, { start: 'noise', steps: 0 });
    expect(new Set(fields?.['start'])).toEqual(new Set([-1]));
    const deviation = Math.sqrt(x.reduce((sum, value) => sum + (value - 0.5) ** 2, 0) / x.length);
    // 960 values: the standard error of a standard deviation of 0.05 is 0.05/√1920 = 0.0011.
    expect(Math.abs(deviation - 0.05)).toBeLessThan(0.005);
    expect(x.subarray(0, 16)).not.toEqual(x.subarray(16, 32));
    model.dispose();
  });

  test('are the same bits whatever the batches, and others with another seed', async () => {
    const model = network();
    const { x } = await made(model, { steps: 10 });
    expect((await made(model, { steps: 10, batchSize: 7, chunkSize: 25 })).x).toEqual(x);
    expect((await made(model, { steps: 10, seed: 2 })).x).not.toEqual(x);
    model.dispose();
  });

  test('stay in the ball around their start if there is one', async () => {
    const model = network();
    const [start, end] = [await made(model, { steps: 0 }), await made(model, { eps: 0.3 })];
    for (let row = 0; row < 60; row++) {
      const moved = Array.from(
        { length: 16 },
        (_, pixel) => (end.x[16 * row + pixel] as number) - (start.x[16 * row + pixel] as number),
      );
      expect(Math.hypot(...moved)).toBeLessThanOrEqual(0.3 + 1e-5);
    }
    model.dispose();
  });

  test('leave memory and model as they were', async () => {
    const model = network();
    const before = { tensors: tf.memory().numTensors, ids: [...model.variables.values()].map(({ dataId }) => dataId) };
    await made(model, { steps: 3 });
    expect(tf.memory().numTensors).toBe(before.tensors);
    expect([...model.variables.values()].map(({ dataId }) => dataId)).toEqual(before.ids);
    model.dispose();
  });
});

describe('the straight-through ReLU', () => {
  /** One unit, relu(x₀ − 0.6), which is off for images that are dark there. */
  function lamp(): { model: Model; dataset: Dataset } {
    const model = mlp({ inputShape: [1], hidden: [1], classes: 2, seed: 1 });
    const [kernel, bias] = [...model.variables.values()];
    tf.tidy(() => {
      kernel?.assign(tf.ones(kernel.shape));
      bias?.assign(tf.fill(bias.shape, -0.6));
    });
    const x = Float32Array.from({ length: 12 }, (_, index) => (index === 0 ? 0.9 : 0.1));
    const examples = async (indices: ArrayLike<number>) => ({
      shape: [indices.length, 1],
      x: Float32Array.from(indices, (index) => x[index] as number),
      labels: Int32Array.from(indices, () => 0),
    });
    const split = { size: 12, labels: new Int32Array(12), examples };
    const info = { name: 'lamp', inputShape: [1], bounds: [0, 1] as const, classes: ['a', 'b'], splits: ['train'] };
    return { model, dataset: { info, split: async () => split } };
  }

  test('brings units on that are off at the start, where the true gradient is zero', async () => {
    const { model, dataset } = lamp();
    const options = { stepSize: 0.05, steps: 40, folder: null, seed: 1, dataset, model } as const;
    const [first] = (await allOf(await robustify(options))).x;
    expect(first).toBeCloseTo(0.9, 1);
    const context = checkContext();
    const plain = await allOf(await robustify({ ...options, fakeRelu: false }, context));
    expect(plain.x[0]).toBeCloseTo(0.1, 6);
    expect(context.events).toContainEqual(expect.objectContaining({ code: 'EQUIPOISE_ZERO_GRADIENTS' }));
    model.dispose();
  });

  test('is an error where it is asked for and there is none', async () => {
    const model = toyModel();
    await expect(made(model, { fakeRelu: true })).rejects.toMatchObject({ code: 'EQUIPOISE_UNSUPPORTED' });
    model.dispose();
  });
});

describe('bad input', () => {
  test('a layer that is not there is told with those that are', async () => {
    const model = toyModel();
    await expect(made(model, { layer: 'conv9' })).rejects.toThrow('no layer "conv9". Available: hidden, head');
    model.dispose();
  });

  test('a named layer is matched', async () => {
    const model = toyModel();
    const { fields } = await made(model, { layer: 'head', steps: 100, stepSize: 0.05 });
    const sorted = Array.from(fields?.['distance'] ?? []).sort((a, b) => a - b);
    expect(sorted[30]).toBeLessThan(0.1);
    model.dispose();
  });

  test('NaN in the representation is an error', async () => {
    const model = network();
    const [kernel] = model.variables.values();
    tf.tidy(() => kernel?.assign(tf.fill(kernel.shape, NaN)));
    await expect(made(model)).rejects.toThrow("The model's representation of example 0 holds NaN");
    model.dispose();
  });
});
