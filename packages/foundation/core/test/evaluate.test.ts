import { activateBackend, expectClose } from '@equipoise/internal-testing';
import type { Analysis, Split } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { analyze, createContext, evaluate, predict, validateReport } from '../src/index.js';
import { linear, numberReport, points, stream } from './fakes.js';

beforeAll(() => activateBackend('cpu'));
afterEach(() => tf.disposeVariables());

/** logits = x: the class is the larger coordinate. */
function identity() {
  const model = linear(stream('identity'));
  model.variables.get('weights')?.assign(tf.tensor2d([1, 0, 0, 1], [2, 2]));
  return model;
}

function split(x: number[][], labels: number[]): Split {
  return {
    size: labels.length,
    labels: Int32Array.from(labels),
    examples: async (indices) => {
      const chosen = Array.from(indices);
      return {
        shape: [chosen.length, 2],
        x: Float32Array.from(chosen.flatMap((index) => x[index] as number[])),
        labels: Int32Array.from(chosen, (index) => labels[index] as number),
      };
    },
  };
}

describe('evaluating', () => {
  test('gives accuracy and mean cross-entropy, whatever the batch size', async () => {
    const data = split(
      [
        [1, 0],
        [0, 1],
        [0.5, 0.25],
      ],
      [0, 0, 0],
    );
    const model = identity();
    const expected = (Math.log(1 + Math.exp(-1)) + Math.log(1 + Math.E) + Math.log(1 + Math.exp(-0.25))) / 3;
    for (const batchSize of [1, 2, 3, 100]) {
      const { accuracy, loss, count } = await evaluate(model, data, { batchSize });
      expect([accuracy, count]).toEqual([2 / 3, 3]);
      expect(loss).toBeCloseTo(expected, 12);
    }
  });

  test('stays finite for logits that overflow an exponential', async () => {
    const model = identity();
    model.variables.get('weights')?.assign(tf.tensor2d([1000, 0, 0, 1000], [2, 2]));
    expect(
      await evaluate(
        model,
        split(
          [
            [1, 0],
            [1, 0],
          ],
          [0, 1],
        ),
      ),
    ).toEqual({ accuracy: 0.5, loss: 500, count: 2 });
  });

  test('frees what it makes', async () => {
    const model = identity();
    const before = tf.memory().numTensors;
    await evaluate(model, await points(stream('data')).split('test'), { batchSize: 5 });
    expect(tf.memory().numTensors).toBe(before);
  });

  test('refuses an empty split, a label that is no class, and a model without logits', async () => {
    const model = identity();
    await expect(evaluate(model, split([], []))).rejects.toMatchObject({ code: 'EQUIPOISE_DATA' });
    await expect(evaluate(model, split([[0, 1]], [2]))).rejects.toThrow(/the label 2 at index 0/);
    const supports = { gradients: true, secondOrder: true, logits: false };
    await expect(evaluate({ ...model, supports }, split([[0, 1]], [0]))).rejects.toMatchObject({
      code: 'EQUIPOISE_UNSUPPORTED',
    });
  });

  test('refuses NaN in the data by the number of the example', async () => {
    const data = split(
      [
        [0, 1],
        [1, 0],
        [NaN, 1],
        [0, 0],
      ],
      [1, 0, 0, 0],
    );
    await expect(evaluate(identity(), data, { batchSize: 2 })).rejects.toMatchObject({
      code: 'EQUIPOISE_NUMERICAL',
      details: { example: 2 },
    });
  });
});

describe('predicting', () => {
  test('gives logits and the class of the largest one, for tensors and for splits', async () => {
    const model = identity();
    const x = tf.tensor2d([
      [0.25, 0.75],
      [1, 0],
    ]);
    const fromTensor = await predict(model, x, { batchSize: 1 });
    expect(Array.from(fromTensor.classes)).toEqual([1, 0]);
    expectClose(fromTensor.logits, [0.25, 0.75, 1, 0]);
    expect(fromTensor.shape).toEqual([2, 2]);
    expect(
      await predict(
        model,
        split(
          [
            [0.25, 0.75],
            [1, 0],
          ],
          [0, 0],
        ),
      ),
    ).toEqual(fromTensor);
    expect(x.isDisposed).toBe(false);
    x.dispose();
  });

  test('refuses inputs of another shape', async () => {
    await expect(predict(identity(), tf.zeros([4, 3]))).rejects.toThrow(/\[4, 3\]; expected \[\*, 2\]/);
  });
});

describe('analysing', () => {
  const subject = () => ({ model: identity(), dataset: points(stream('data')), name: 'identity' });
  const giving = (report: unknown): Analysis => ({ doAnalyze: async () => report as never });

  test('gives the report, with null for numbers that JSON cannot hold', async () => {
    expect(await analyze(giving(numberReport('One', 1)), subject(), createContext())).toEqual(numberReport('One', 1));
    const odd = await analyze(giving(numberReport('Odd', NaN)), subject(), createContext());
    expect(odd.tables[0]?.rows).toEqual([{ value: null }]);
  });

  const image = { width: 2, height: 1, channels: 1, data: [0, 1] };
  const withImage = (changes: object) => ({
    ...numberReport('x', 1),
    images: [{ title: 'x', rows: [{ images: [{ ...image, ...changes }] }] }],
  });
  test.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /\(report\): /],
    [
      'a cell that is an object',
      { ...numberReport('x', 1), tables: [{ title: 'x', columns: [], rows: [{ a: {} }] }] },
      /tables\.0\.rows\.0\.a/,
    ],
    ['a picture of the wrong size', withImage({ data: [0, 1, 2] }), /data: Expected width · height · channels/],
    [
      'a picture in a typed array',
      withImage({ data: Float32Array.of(0, 1) }),
      /data: Expected an array of finite numbers/,
    ],
    ['a picture with NaN', withImage({ data: [0, NaN] }), /data: Expected an array of finite numbers/],
    [
      'data that are not JSON',
      { ...numberReport('x', 1), data: { deep: [new Map()] } },
      /data\.deep\.0: Map is not JSON/,
    ],
    ['another version', { ...numberReport('x', 1), reportVersion: 2 }, /reportVersion/],
  ])('refuses %s', async (_, report, message) => {
    await expect(analyze(giving(report), subject(), createContext())).rejects.toMatchObject({
      code: 'EQUIPOISE_INVALID_REPORT',
      message: expect.stringMatching(message),
    });
  });

  test('a right picture passes', () => {
    expect(validateReport(withImage({}))).toEqual(withImage({}));
  });

  test('refuses data of another shape than the model takes', async () => {
    const model = linear(stream('model'), { inputShape: [3] });
    const analysis = giving(numberReport('x', 1));
    await expect(analyze(analysis, { ...subject(), model }, createContext())).rejects.toMatchObject({
      code: 'EQUIPOISE_SHAPE',
    });
  });
});
