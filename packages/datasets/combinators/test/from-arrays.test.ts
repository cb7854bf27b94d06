import { describe, expect, test } from 'vitest';
import { type ArraysOptions, fromArrays } from '../src/index.js';

const base = { name: 'toy', inputShape: [2, 1], classes: ['a', 'b'] } satisfies Partial<ArraysOptions>;

describe('fromArrays', () => {
  test('takes flat arrays for each split', async () => {
    const data = fromArrays({
      ...base,
      bounds: [-1, 1],
      splits: {
        train: { x: Float32Array.of(0, -1, 0.5, 1, 0.25, 0), labels: [0, 1, 1] },
        test: { x: [1, 1], labels: [0] },
      },
      source: 'made up',
      licence: 'CC0',
    });
    expect(data.info).toEqual({
      ...base,
      bounds: [-1, 1],
      splits: ['train', 'test'],
      source: 'made up',
      licence: 'CC0',
    });
    const train = await data.split('train');
    expect([train.size, ...train.labels]).toEqual([3, 0, 1, 1]);
    const examples = await train.examples([2, 0, 2]);
    expect(examples).toEqual({
      shape: [3, 2, 1],
      x: Float32Array.of(0.25, 0, 0, -1, 0.25, 0),
      labels: Int32Array.of(1, 0, 1),
    });
  });

  test('takes nested and per-example arrays', async () => {
    const nested = fromArrays({ ...base, x: [[[0.1], [0.2]], [[0.3], [0.4]]], labels: [0, 1] }); // prettier-ignore
    const rows = fromArrays({ ...base, x: [Float32Array.of(0.1, 0.2), [0.3, 0.4]], labels: Uint8Array.of(0, 1) });
    for (const data of [nested, rows]) {
      const { x, labels } = await (await data.split('train')).examples([0, 1]);
      expect(x).toEqual(Float32Array.of(0.1, 0.2, 0.3, 0.4));
      expect(labels).toEqual(Int32Array.of(0, 1));
    }
  });

  test('cuts one array into splits in order', async () => {
    const data = fromArrays({ inputShape: [1], classes: 5, bounds: [0, 9], x: [0, 1, 2, 3, 4], labels: [0, 1, 2, 3, 4], sizes: { train: 3, test: 2 } }); // prettier-ignore
    expect(data.info.classes).toEqual(['0', '1', '2', '3', '4']);
    expect(data.info.splits).toEqual(['train', 'test']);
    const [train, test] = [await data.split('train'), await data.split('test')];
    expect(Array.from(train.labels)).toEqual([0, 1, 2]);
    expect((await test.examples([1, 0])).x).toEqual(Float32Array.of(4, 3));
  });

  test('copies what it is given', async () => {
    const x = Float32Array.of(0, 1);
    const train = await fromArrays({ ...base, x, labels: [0] }).split('train');
    x[0] = Number.NaN;
    expect((await train.examples([0])).x).toEqual(Float32Array.of(0, 1));
    (await train.examples([0])).x[0] = 5;
    expect((await train.examples([0])).x).toEqual(Float32Array.of(0, 1));
  });

  test('keeps fields of several values an example', async () => {
    const box = Int32Array.of(1, 2, 3, 4, 5, 6);
    const data = fromArrays({ ...base, splits: { train: { x: [0, 0, 1, 1], labels: [0, 1], fields: { box } } } });
    const { fields } = await (await data.split('train')).examples([1]);
    expect(fields).toEqual({ box: Int32Array.of(4, 5, 6) });
  });

  test('accepts the bounds themselves after rounding to float32', async () => {
    const x = Float32Array.of(0.1, 0.7);
    const train = await fromArrays({ ...base, bounds: [0.1, 0.7], x, labels: [0] }).split('train');
    expect((await train.examples([0])).x).toEqual(x);
  });
});

describe('bad arrays are refused, with the place:', () => {
  // prettier-ignore
  const cases: [string, object, string, string][] = [
    ['NaN', { x: [0, 1, 0, Number.NaN], labels: [0, 1] }, 'EQUIPOISE_DATA', 'x of data set "toy" holds NaN in example 1, value 1; expected finite numbers in [0, 1].'],
    ['infinity', { x: [0, Number.POSITIVE_INFINITY], labels: [0] }, 'EQUIPOISE_DATA', 'holds Infinity in example 0, value 1'],
    ['null from JSON', { x: [0, null], labels: [0] }, 'EQUIPOISE_DATA', 'holds null in example 0, value 1'],
    ['text', { x: ['0', 1], labels: [0] }, 'EQUIPOISE_DATA', 'holds 0 in example 0, value 0; expected finite numbers'],
    ['a value outside the bounds', { x: [0, 255], labels: [0] }, 'EQUIPOISE_DATA', 'holds 255 in example 0, value 1; expected finite numbers in [0, 1]'],
    ['a label out of range', { x: [0, 0], labels: [2] }, 'EQUIPOISE_DATA', 'The data set "toy" has the label 2 at index 0; expected whole numbers from 0 to 1.'],
    ['a broken label', { x: [0, 0], labels: [0.5] }, 'EQUIPOISE_DATA', 'has the label 0.5 at index 0'],
    ['NaN for a label', { x: [0, 0], labels: [Number.NaN] }, 'EQUIPOISE_DATA', 'has the label NaN at index 0'],
    ['no examples', { x: [], labels: [] }, 'EQUIPOISE_DATA', 'The data set "toy" is empty; expected at least one example.'],
    ['an empty split', { splits: { test: { x: [], labels: [] } } }, 'EQUIPOISE_DATA', 'The split "test" of data set "toy" is empty'],
    ['missing values', { x: [0, 1, 0], labels: [0, 1] }, 'EQUIPOISE_SHAPE', 'x of data set "toy" (flat, 2 labels) has shape [3]; expected [4].'],
    ['missing examples', { x: [[0, 1]], labels: [0, 1] }, 'EQUIPOISE_SHAPE', 'x of data set "toy" (2 labels) has shape [1, 2]; expected [2, 2, 1].'],
    ['an image of the wrong shape', { x: [[[0], [0]], [[0, 0]]], labels: [0, 1] }, 'EQUIPOISE_SHAPE', 'Example 1 of x of data set "toy" has shape [1, 2]; expected [2, 1].'],
    ['a ragged image', { x: [[[0], [0, 0]]], labels: [0] }, 'EQUIPOISE_SHAPE', 'Example 0 of x of data set "toy" has shape [2, 1]'],
    ['a field of the wrong length', { splits: { train: { x: [0, 0, 0, 0], labels: [0, 1], fields: { box: new Int32Array(3) } } } }, 'EQUIPOISE_SHAPE', 'Field "box" of split "train" of data set "toy" (flat) has shape [3]; expected [2].'],
    ['sizes that do not sum up', { x: [0, 0, 1, 1], labels: [0, 1], sizes: { train: 1, test: 2 } }, 'EQUIPOISE_DATA', 'The sizes of the splits of "toy" sum to 3; there are 2 examples.'],
    ['no arrays', {}, 'EQUIPOISE_INVALID_OPTIONS', 'Give either x and labels (and sizes), or splits'],
    ['no splits', { splits: {} }, 'EQUIPOISE_INVALID_OPTIONS', 'Give either x and labels (and sizes), or splits'],
    ['both ways', { x: [0, 0], labels: [0], splits: { train: { x: [0, 0], labels: [0] } } }, 'EQUIPOISE_INVALID_OPTIONS', 'Give either x and labels'],
    ['no array', { x: 3, labels: [0] }, 'EQUIPOISE_INVALID_OPTIONS', 'x: Expected an array of numbers; given 3.'],
    ['no room between the bounds', { x: [0, 0], labels: [0], bounds: [1, 0] }, 'EQUIPOISE_INVALID_OPTIONS', 'bounds: The lower bound must be below'],
    ['a shape without values', { x: [0, 0], labels: [0], inputShape: [0] }, 'EQUIPOISE_INVALID_OPTIONS', 'inputShape.0'],
  ];
  test.each(cases)('%s', (_, options, code, message) => {
    const make = () => fromArrays({ ...base, ...options } as ArraysOptions);
    expect(make).toThrow(message);
    expect(make).toThrow(expect.objectContaining({ code }));
  });

  test('an index that is not there', async () => {
    const train = await fromArrays({ ...base, x: [0, 0], labels: [0], sizes: { train: 1 } }).split('train');
    await expect(train.examples([1])).rejects.toThrow(
      'Index 1 (at position 0) is out of range for split "train" of data set "toy": expected 0 to 0.',
    );
  });

  test('a split that is not there', async () => {
    const data = fromArrays({ ...base, x: [0, 0], labels: [0] });
    await expect(data.split('test')).rejects.toThrow('Data set "toy" has no split "test"; it has train.');
  });
});
