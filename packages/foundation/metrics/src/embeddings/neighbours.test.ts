import { expectClose, onEachBackend } from '@equipoise/internal-testing';
import { createRng } from '@equipoise/kit';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expectError } from '../../test/errors.js';
import { nearestNeighbours } from './nearest-neighbours.js';
import { neighbourClassification, neighbourVotes } from './neighbour-votes.js';

const draw = (label: string, rows: number, features: number) =>
  tf.tensor2d(
    createRng(5)
      .fork(label)
      .normals(rows * features),
    [rows, features],
  );

onEachBackend(() => {
  describe('nearestNeighbours', () => {
    test('are those of a sort of all similarities, whatever the sizes of blocks', async () => {
      const [x, bank] = [draw('x', 7, 6), draw('bank', 23, 6)];
      const unit = (rows: tf.Tensor) => tf.div(rows, tf.norm(rows, 'euclidean', 1, true));
      const all = tf.tidy(() => tf.matMul(unit(x), unit(bank), false, true).arraySync()) as number[][];
      const sorted = all.map((row) => row.map((value, index) => ({ value, index })).sort((a, b) => b.value - a.value));
      for (const [k, queryBlock, bankBlock] of [
        [5, 256, 4096],
        [5, 3, 4],
        [5, 1, 23],
        [23, 2, 7],
      ] as const) {
        const found = await nearestNeighbours(x, bank, { k, queryBlock, bankBlock });
        const best = sorted.flatMap((row) => row.slice(0, k));
        expect(found.shape).toEqual([7, k]);
        expect([...found.indices]).toEqual(best.map(({ index }) => index));
        expectClose(
          found.similarities,
          best.map(({ value }) => value),
        );
      }
      tf.dispose([x, bank]);
    });

    test('the length of a row counts for nothing; a row of zeros is similar to nothing', async () => {
      const bank = tf.tensor2d([1, 1, 0, 100, -1, 0, 0, 0], [4, 2]);
      const x = tf.tensor2d([0, 1e-3, 0, 0], [2, 2]);
      const found = await nearestNeighbours(x, bank, { k: 4 });
      expect([...found.indices]).toEqual([1, 0, 2, 3, 0, 1, 2, 3]);
      expectClose(found.similarities, [1, Math.SQRT1_2, 0, 0, 0, 0, 0, 0]);
      tf.dispose([x, bank]);
    });

    test('of a row of the bank the nearest is the row itself, and the order of the bank is only a matter of names', async () => {
      const bank = draw('bank', 40, 8);
      const turned = tf.reverse(bank, 0);
      const itself = await nearestNeighbours(bank, bank, { k: 3, bankBlock: 9 });
      const other = await nearestNeighbours(bank, turned, { k: 3, bankBlock: 9 });
      for (let row = 0; row < 40; row++) expect(itself.indices[3 * row]).toBe(row);
      expect([...other.indices].map((index) => 39 - index)).toEqual([...itself.indices]);
      tf.dispose([bank, turned]);
    });

    test('no tensor is larger than the arguments or a block, and none is left', async () => {
      const [x, bank] = [draw('x', 30, 4), draw('bank', 200, 4)];
      const before = tf.memory().numTensors;
      const { kernels } = await tf.profile(async () => {
        await nearestNeighbours(x, bank, { k: 2, queryBlock: 5, bankBlock: 16 });
        return [];
      });
      const sizes = kernels.flatMap(({ outputShapes }) => outputShapes.map((shape) => tf.util.sizeFromShape(shape)));
      expect(sizes.length).toBeGreaterThan(0);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(30 * 4);
      expect(tf.memory().numTensors).toBe(before);
      tf.dispose([x, bank]);
    });

    test('NaN and infinite embeddings are refused by their place, and no tensor is left', async () => {
      const [x, bank] = [tf.ones([3, 2]), tf.tensor2d([1, 1, 1, NaN], [2, 2])];
      const before = tf.memory().numTensors;
      const refuse = (a: tf.Tensor, b: tf.Tensor, place: RegExp) =>
        expectError(() => nearestNeighbours(a, b, { k: 1 }), 'EQUIPOISE_NUMERICAL', place);
      await refuse(x, bank, /query 0 and row 1 of the bank is NaN/);
      const infinite = tf.tensor2d([1, 1, Infinity, 1], [2, 2]);
      await refuse(infinite, x, /query 1 and row 0/);
      infinite.dispose();
      expect(tf.memory().numTensors).toBe(before);
      tf.dispose([x, bank]);
    });

    test('what does not fit is refused', async () => {
      const [x, bank, vector] = [tf.ones([2, 3]), tf.ones([4, 3]), tf.ones([3])];
      const refuse = (a: tf.Tensor, b: tf.Tensor, k: number, code: string, message: RegExp) =>
        expectError(() => nearestNeighbours(a, b, { k }), code, message);
      await refuse(x, bank, 5, 'EQUIPOISE_INVALID_OPTIONS', /k: expected at most the 4 rows of the bank, got 5/);
      await refuse(x, bank, 0, 'EQUIPOISE_INVALID_OPTIONS', /k: /);
      await refuse(vector, bank, 1, 'EQUIPOISE_SHAPE', /x has shape \[3\]/);
      const wide = tf.ones([4, 2]);
      await refuse(x, wide, 1, 'EQUIPOISE_SHAPE', /bank has shape \[4, 2\]; expected \[\*, 3\]/);
      const none = tf.zeros([0, 3]);
      await refuse(none, bank, 1, 'EQUIPOISE_DATA', /x has 0 rows/);
      tf.dispose([x, bank, vector, wide, none]);
    });
  });

  test('neighbourClassification finds the cluster of each query', async () => {
    const bank = tf.tensor2d([1, 0, 1, 0.1, 0, 1, 0.1, 1, -1, 0], [5, 2]);
    const x = tf.tensor2d([5, 0.2, 0.1, 3], [2, 2]);
    const found = await neighbourClassification(x, bank, [2, 2, 0, 0, 1], { k: 2, classes: 3 });
    expect([...found.predictions]).toEqual([2, 0]);
    expectClose(found.votes, [0, 0, 1, 1, 0, 0]);
    expect(found.neighbours.shape).toEqual([2, 2]);
    await expectError(
      () => neighbourClassification(x, bank, [0, 1], { k: 2, classes: 3 }),
      'EQUIPOISE_SHAPE',
      /bankLabels has shape \[2\]; expected \[5\]/,
    );
    tf.dispose([x, bank]);
  });
});

describe('neighbourVotes', () => {
  const neighbours = (indices: number[], similarities: number[]) => ({
    shape: [1, indices.length] as const,
    indices: Int32Array.from(indices),
    similarities: Float32Array.from(similarities),
  });

  test('a low temperature lets the nearest decide, none lets the majority', () => {
    const found = neighbours([0, 1, 2], [0.9, 0.5, 0.4]);
    const labels = [1, 0, 0];
    expect([...neighbourVotes(found, labels, { classes: 2, temperature: 1e-4 }).votes]).toEqual([0, 1]);
    expect([...neighbourVotes(found, labels, { classes: 2, temperature: null }).predictions]).toEqual([0]);
    const { votes } = neighbourVotes(found, labels, { classes: 2, temperature: 0.5 });
    const [first, second, third] = [0.9, 0.5, 0.4].map((similarity) => Math.exp(similarity / 0.5)) as [
      number,
      number,
      number,
    ];
    expect(votes[1]).toBeCloseTo(first / (first + second + third), 7);
  });

  test('votes sum to 1 and do not depend on a constant that is added to the similarities', () => {
    const one = fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: -8, max: 8 }));
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 10 }), (values) => {
        const indices = values.map(([index]) => index);
        const options = { classes: 3, temperature: 0.25 };
        const labels = [0, 1, 2, 0, 1, 2];
        const [before, after] = [0, 1].map((shift) => {
          const found = neighbours(
            indices,
            values.map(([, eighths]) => eighths / 8 + shift),
          );
          return [...neighbourVotes(found, labels, options).votes];
        }) as [number[], number[]];
        expect(after).toEqual(before);
        expect(before.reduce((sum, vote) => sum + vote, 0)).toBeCloseTo(1, 12);
      }),
      { numRuns: 50, seed: 1 },
    );
  });

  test('labels, indices and similarities that are none are refused', async () => {
    const refuse = (found: Parameters<typeof neighbourVotes>[0], labels: number[], code: string, message: RegExp) =>
      expectError(() => neighbourVotes(found, labels, { classes: 2 }), code, message);
    const right = neighbours([0, 1], [1, 0.5]);
    await refuse(right, [0, 2], 'EQUIPOISE_DATA', /"bankLabels" has the label 2 at index 1/);
    await refuse(right, [0], 'EQUIPOISE_DATA', /"indices" holds 1 at index 1; expected rows of the bank, 0 to 0/);
    await refuse(neighbours([0], [NaN]), [0], 'EQUIPOISE_DATA', /"similarities" holds NaN/);
    await refuse({ ...right, shape: [2, 2] }, [0, 1], 'EQUIPOISE_SHAPE', /indices of the neighbours/);
    await expectError(
      () => neighbourVotes(right, [0, 1], { classes: 2, temperature: 0 }),
      'EQUIPOISE_INVALID_OPTIONS',
      /temperature/,
    );
  });
});
