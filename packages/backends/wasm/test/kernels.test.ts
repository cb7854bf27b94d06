import { optionalKernels } from '@equipoise/autodiff';
import { cpu } from '@equipoise/backend-cpu';
import { expectClose } from '@equipoise/internal-testing';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { wasm } from '../src/index.js';
import { expectAgreement } from './agreement.js';

const runs = { seed: 20240601, numRuns: 60 };

beforeAll(async () => {
  await cpu().doActivate();
  await wasm().doActivate();
});

describe('kernels of the backend wasm agree with those of cpu', () => {
  test('product of matrices, either transposed, with a batch or one matrix for the whole batch', () => {
    const length = fc.integer({ min: 1, max: 21 });
    const batches = fc.constantFrom<[number[], number[]][]>(
      [[], []],
      [[3], [3]],
      [[1], [3]],
      [[3], [1]],
      [
        [2, 3],
        [2, 3],
      ],
      [[0], [0]],
    );
    fc.assert(
      fc.property(
        length,
        length,
        length,
        fc.boolean(),
        fc.boolean(),
        batches,
        (rows, depth, columns, transposeA, transposeB, batch) =>
          expectAgreement({
            kernelName: 'BatchMatMul',
            inputs: {
              a: [...batch[0], ...(transposeA ? [depth, rows] : [rows, depth])],
              b: [...batch[1], ...(transposeB ? [columns, depth] : [depth, columns])],
            },
            attributes: { transposeA, transposeB },
          }),
      ),
      { ...runs, numRuns: 150 },
    );
  });

  test('gradients of pools, with windows that overlap or reach over the border', () => {
    const pool = fc.record({
      x: fc.tuple(
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 4, max: 9 }),
        fc.integer({ min: 4, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
      ),
      filterSize: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
      strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
      pad: fc.constantFrom('same' as const, 'valid' as const),
    });
    fc.assert(
      fc.property(pool, ({ x, filterSize, strides, pad }) => {
        const shapeOf = (padding: 'same' | 'valid') =>
          tf.backend_util.computePool2DInfo(x, filterSize, strides, 1, padding).outShape;
        const attributes = { filterSize, strides };
        const dy = shapeOf(pad);
        expectAgreement({
          kernelName: 'MaxPoolGrad',
          inputs: { dy, input: x, output: dy },
          attributes: { ...attributes, pad },
        });
        // With padding the two backends of TensorFlow.js disagree on this kernel; the gradient of autodiff never pads.
        const unpadded = { ...attributes, pad: 'valid' };
        expectAgreement({
          kernelName: 'AvgPoolGrad',
          inputs: { dy: shapeOf('valid'), input: x },
          attributes: unpadded,
        });
      }),
      runs,
    );
  });

  test('places of the largest values, where all are negative too', () => {
    const values = [-5, -3, -3, -9, -2, -7, -8, -4];
    for (const includeBatchInIndex of [true, false]) {
      const run = (backend: string) => {
        tf.setBackend(backend);
        return tf.tidy(() => {
          const x = tf.tensor4d(values, [2, 2, 2, 1]);
          const { result, indexes } = tf.maxPoolWithArgmax(x, 2, 1, 'same', includeBatchInIndex);
          return [[...(result as tf.Tensor).dataSync()], [...(indexes as tf.Tensor).dataSync()]];
        });
      };
      expect(run('wasm')).toEqual(run('cpu'));
    }
  });

  test('sums by segment, with ids that belong to none', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1, max: 4 }), { minLength: 1, maxLength: 12 }), fc.nat(5), (ids, width) =>
        expectAgreement({
          kernelName: 'UnsortedSegmentSum',
          inputs: { x: [ids.length, width + 1], segmentIds: { shape: [ids.length], numbers: ids, dtype: 'int32' } },
          attributes: { numSegments: 4 },
        }),
      ),
      runs,
    );
  });

  test('sums and means over any axes', () => {
    const shape = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 });
    const reduction = shape.chain((lengths) =>
      fc.record({ x: fc.constant(lengths), axis: fc.subarray(lengths.map((_, axis) => axis)), keepDims: fc.boolean() }),
    );
    fc.assert(
      fc.property(reduction, fc.constantFrom('Sum', 'Mean'), ({ x, ...attributes }, kernelName) =>
        expectAgreement({ kernelName, inputs: { x }, attributes }),
      ),
      { ...runs, numRuns: 150 },
    );
    expectAgreement({ kernelName: 'Mean', inputs: { x: [70, 30, 9] }, attributes: { axis: [0, 1], keepDims: true } });
  });

  test('tiles', () => {
    const axis = fc.record({ length: fc.integer({ min: 1, max: 4 }), reps: fc.integer({ min: 1, max: 5 }) });
    fc.assert(
      fc.property(fc.array(axis, { minLength: 1, maxLength: 4 }), (axes) =>
        expectAgreement({
          kernelName: 'Tile',
          inputs: { x: axes.map(({ length }) => length) },
          attributes: { reps: axes.map(({ reps }) => reps) },
        }),
      ),
      runs,
    );
  });

  test('one-hot rows of any type, with indices out of range', () => {
    const rows = (backend: string, dtype: 'float32' | 'int32' | 'bool', values: readonly [on: number, off: number]) => {
      tf.setBackend(backend);
      return tf.tidy(() => {
        const indices = tf.tensor2d([0, 2, -1, 3, 1, 1], [2, 3], 'int32');
        return [...tf.oneHot(indices, 3, ...values, dtype).dataSync()];
      });
    };
    for (const values of [
      [1, 0],
      [0.75, 0.125],
    ] as const)
      expect(rows('wasm', 'float32', values)).toEqual(rows('cpu', 'float32', values));
    for (const dtype of ['int32', 'bool'] as const)
      expect(rows('wasm', dtype, [1, 0])).toEqual(rows('cpu', dtype, [1, 0]));
  });

  test('a choice between booleans writes one byte for each', () => {
    const count = 400;
    const odd = tf.tensor1d(
      Array.from({ length: count }, (_, index) => index % 2),
      'bool',
    );
    const third = tf.tensor1d(
      Array.from({ length: count }, (_, index) => Number(index % 3 === 0)),
      'bool',
    );
    const neighbours = Array.from({ length: 100 }, (_, index) => tf.fill([count / 4], index));
    const chosen = Array.from({ length: 100 }, () => tf.where(odd, third, odd));
    const rows = tf.where(tf.tensor2d([1, 0], [2, 1], 'bool'), tf.ones([2, 3], 'bool'), tf.zeros([2, 3], 'bool'));
    for (const one of chosen) {
      expect([...one.dataSync()]).toEqual(Array.from({ length: count }, (_, index) => Number(index % 6 === 3)));
    }
    expect([...rows.dataSync()]).toEqual([1, 1, 1, 0, 0, 0]);
    neighbours.forEach((one, index) => expect(new Set(one.dataSync())).toEqual(new Set([index])));
  });

  test('kernels of two operands that broadcast', () => {
    const names = ['Maximum', 'Minimum', 'Greater', 'GreaterEqual', 'Less', 'LessEqual', 'Equal', 'NotEqual'];
    const axes = fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.constantFrom('both', 'a', 'b')), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(fc.constantFrom(...names), axes, fc.nat(2), (kernelName, lengths, drop) => {
        const shapeOf = (name: string) =>
          lengths.map(([length, where]) => (where === 'both' || where === name ? length : 1));
        expectAgreement({ kernelName, inputs: { a: shapeOf('a'), b: shapeOf('b').slice(drop) } });
      }),
      { ...runs, numRuns: 150 },
    );
  });

  test('slices and splits, of any type', () => {
    const shape = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 });
    const cut = shape.chain((lengths) =>
      fc.record({
        begin: fc.tuple(...lengths.map((length) => fc.nat(length - 1))),
        lengths: fc.constant(lengths),
        dtype: fc.constantFrom('float32' as const, 'int32' as const, 'bool' as const, 'string' as const),
      }),
    );
    fc.assert(
      fc.property(cut, fc.nat(3), ({ begin, lengths, dtype }, more) => {
        const size = lengths.map((length, axis) => Math.min(length - (begin[axis] as number), more + 1));
        const run = (backend: string) => {
          tf.setBackend(backend);
          return tf.tidy(() => {
            const numbers = Array.from({ length: tf.util.sizeFromShape(lengths) }, (_, index) => index);
            const values =
              dtype === 'string' ? numbers.map(String) : dtype === 'bool' ? numbers.map((one) => one % 3) : numbers;
            const x = tf.tensor(values as number[], lengths, dtype);
            const parts = dtype === 'string' ? [] : tf.split(x, [1, (lengths[0] as number) - 1], 0);
            return [tf.slice(x, begin, size), ...parts].map((part) => [part.shape, Array.from(part.dataSync())]);
          });
        };
        expect(run('wasm')).toEqual(run('cpu'));
      }),
      runs,
    );
  });

  test('what TensorFlow.js computes wrongly is refused', () => {
    tf.setBackend('wasm');
    const volumes = tf.zeros<tf.Rank.R5>([1, 2, 2, 2, 1]);
    expect(() => tf.maxPool3d(volumes, 2, 1, 'valid')).toThrow('MaxPool3D');
    volumes.dispose();
  });

  test.each([
    ['ab->ba', [[2, 3]]],
    ['ab->', [[2, 3]]],
    [
      'ab,bc->ac',
      [
        [2, 3],
        [3, 4],
      ],
    ],
    [
      'abc,ab->c',
      [
        [2, 3, 4],
        [2, 3],
      ],
    ],
    [
      'ij,ij->i',
      [
        [3, 2],
        [3, 2],
      ],
    ],
  ])('Einstein sum %s', (equation, shapes) => {
    const sum = (backend: string) => {
      tf.setBackend(backend);
      const operands = shapes.map((shape, index) => tf.randomNormal(shape, 0, 1, 'float32', index + 1));
      return tf.tidy(() => tf.einsum(equation, ...operands)).arraySync();
    };
    const expected = tf.tensor(sum('cpu') as number[]);
    expectClose(tf.tensor(sum('wasm') as number[]), expected, { rtol: 1e-5, atol: 1e-5 });
  });
});

describe('kernels that only wasm has', () => {
  const { reluGrad, clipGrad, maxPoolGather } = optionalKernels;
  const run = (kernelName: string, inputs: Record<string, tf.Tensor>, attributes: object = {}) =>
    tf.engine().runKernel(kernelName, inputs, attributes as tf.NamedAttrMap) as tf.Tensor;
  beforeAll(() => wasm().doActivate());

  test('gates let the gradient through where x lies in their range, bounds included, and nothing where x is not a number', () => {
    const x = tf.tensor1d([-1, 0, 1e-40, 1, 2, 3, NaN]);
    const dy = tf.tensor1d([1, 2, 3, 4, 5, 6, 7]);
    expect([...run(reluGrad, { dy, x }).dataSync()]).toEqual([0, 0, 3, 4, 5, 6, 0]);
    expect([...run(clipGrad, { dy, x }, { low: 0, high: 2 }).dataSync()]).toEqual([0, 2, 3, 4, 5, 0, 0]);
  });

  test('of equal maxima in a window the first is taken', () => {
    const x = tf.tensor([1, 5, 5, 0], [1, 2, 2, 1]);
    const u = tf.tensor([10, 20, 30, 40], [1, 2, 2, 1]);
    const attributes = { filterSize: 2, strides: 2, pad: 'valid' };
    expect([...run(maxPoolGather, { x, u }, attributes).dataSync()]).toEqual([20]);
    const dy = tf.tensor([7], [1, 1, 1, 1]);
    expect([...run('MaxPoolGrad', { dy, input: x }, attributes).dataSync()]).toEqual([0, 7, 0, 0]);
  });

  test('gathering from maxima is the adjoint of scattering to them', () => {
    const shape = fc.tuple(
      fc.constant(2),
      fc.integer({ min: 3, max: 8 }),
      fc.integer({ min: 3, max: 8 }),
      fc.integer({ min: 1, max: 6 }),
    );
    fc.assert(
      fc.property(shape, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }), (image, size, stride) =>
        tf.tidy(() => {
          const attributes = { filterSize: size, strides: stride, pad: 'same' };
          const [x, u] = [tf.randomNormal(image, 0, 1, 'float32', 1), tf.randomNormal(image, 0, 1, 'float32', 2)];
          const taken = run(maxPoolGather, { x, u }, attributes);
          const dy = tf.randomNormal(taken.shape, 0, 1, 'float32', 3);
          const spread = run('MaxPoolGrad', { dy, input: x }, attributes);
          const [left] = tf.sum(tf.mul(taken, dy)).dataSync();
          const [right] = tf.sum(tf.mul(u, spread)).dataSync();
          expect(left).toBeCloseTo(right as number, 3);
        }),
      ),
      runs,
    );
  });

  test('products of matrices broadcast over two batch axes', () => {
    tf.tidy(() => {
      const a = tf.randomNormal([2, 1, 3, 4], 0, 1, 'float32', 1);
      const b = tf.randomNormal([1, 3, 4, 5], 0, 1, 'float32', 2);
      const product = tf.matMul(a, b);
      expect(product.shape).toEqual([2, 3, 3, 5]);
      const expected = tf.sum(tf.mul(tf.expandDims(a, -1), tf.expandDims(b, -3)), -2);
      expect(tf.max(tf.abs(tf.sub(product, expected))).dataSync()[0]).toBeLessThan(1e-5);
    });
  });
});
