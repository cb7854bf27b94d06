import { optionalKernels } from '@equipoise/autodiff';
import { cpu } from '@equipoise/backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { node } from '../src/index.js';
import { expectAgreement, status } from './agreement.js';

const runs = { seed: 20240601, numRuns: 60 };
const upTo = (max: number) => fc.integer({ min: 1, max });
const side = fc.integer({ min: 5, max: 11 });

describe.skipIf(!status.available)('kernels of the backend node agree with those of cpu', () => {
  beforeAll(async () => {
    await cpu().doActivate();
    await node().doActivate();
  });

  const shape = fc.array(upTo(4), { minLength: 1, maxLength: 4 });
  const floats = { shape: [6], numbers: [-2, -0.5, 0, 0.25, 1, 3] };
  const integers = { shape: [4], numbers: [-3, 0, 1, 2], dtype: 'int32' } as const;
  const truths = { shape: [4], numbers: [1, 0, 1, 1], dtype: 'bool' } as const;

  test.each([
    'Abs',
    'Neg',
    'Sign',
    'Square',
    'Relu',
    'Relu6',
    'Elu',
    'Selu',
    'LeakyRelu',
    'Sigmoid',
    'Tanh',
    'Softplus',
    'Exp',
    'Expm1',
    'Sin',
    'Cos',
    'Erf',
    'Floor',
    'Ceil',
    'Round',
    'Step',
    'IsNan',
    'IsFinite',
    'ZerosLike',
    'OnesLike',
  ])('%s', (kernelName) => {
    const attributes = kernelName === 'LeakyRelu' ? { alpha: 0.2 } : kernelName === 'Step' ? { alpha: 0.1 } : {};
    expectAgreement({ kernelName, inputs: { x: floats }, attributes });
  });

  test.each(['Sqrt', 'Rsqrt', 'Log', 'Log1p', 'Reciprocal'])('%s of what is above zero', (kernelName) =>
    expectAgreement({ kernelName, inputs: { x: { shape: [3], numbers: [0.25, 1, 7] } } }),
  );

  test.each<[string, KernelCallOf]>([
    ['Exp', integers],
    ['Step', integers],
    ['Abs', integers],
    ['Cast', integers],
    ['LogicalNot', truths],
  ])('%s of other types', (kernelName, x) =>
    expectAgreement({
      kernelName,
      inputs: { x },
      attributes: kernelName === 'Cast' ? { dtype: 'float32' } : { alpha: 0 },
    }),
  );
  type KernelCallOf = typeof integers | typeof truths;

  test.each(['ArgMax', 'ArgMin'])('%s, of truth values too', (kernelName) => {
    expectAgreement({ kernelName, inputs: { x: [3, 5] }, attributes: { axis: 1 } });
    expectAgreement({ kernelName, inputs: { x: truths }, attributes: { axis: 0 } });
    expectAgreement({ kernelName, inputs: { x: integers }, attributes: { axis: 0 } });
  });

  test('a step is not a number where its argument is not', () => {
    expectAgreement({
      kernelName: 'Step',
      inputs: { x: { shape: [3], numbers: [NaN, -1, 2] } },
      attributes: { alpha: 0 },
    });
  });

  test('an argument of Exp outlives it', () => {
    tf.setBackend('tensorflow');
    const x = tf.tensor1d([0, 0], 'int32');
    tf.dispose(tf.exp(x));
    expect([...x.dataSync()]).toEqual([0, 0]);
    x.dispose();
  });

  test('prelu, with a slope for each channel', () => {
    expectAgreement({ kernelName: 'Prelu', inputs: { x: [2, 3, 4], alpha: [4] } });
  });

  test('operations on two operands that broadcast', () => {
    const names = [
      'Add',
      'Sub',
      'Multiply',
      'RealDiv',
      'Maximum',
      'Minimum',
      'SquaredDifference',
      'Greater',
      'GreaterEqual',
      'Less',
      'LessEqual',
      'Equal',
      'NotEqual',
    ];
    const axes = fc.array(fc.tuple(upTo(4), fc.constantFrom('both', 'a', 'b')), { maxLength: 4 });
    fc.assert(
      fc.property(fc.constantFrom(...names), axes, fc.nat(2), (kernelName, lengths, drop) => {
        const shapeOf = (name: string) =>
          lengths.map(([length, where]) => (where === 'both' || where === name ? length : 1));
        expectAgreement({ kernelName, inputs: { a: shapeOf('a'), b: shapeOf('b').slice(drop) } });
      }),
      { ...runs, numRuns: 150 },
    );
  });

  test('reductions over any axes', () => {
    const reduction = shape.chain((lengths) =>
      fc.record({ x: fc.constant(lengths), axis: fc.subarray(lengths.map((_, axis) => axis)), keepDims: fc.boolean() }),
    );
    fc.assert(
      fc.property(
        reduction,
        fc.constantFrom('Sum', 'Mean', 'Max', 'Min', 'Prod'),
        ({ x, axis, keepDims }, kernelName) =>
          expectAgreement({ kernelName, inputs: { x }, attributes: { axis, reductionIndices: axis, keepDims } }),
      ),
      runs,
    );
  });

  test('product of matrices, either transposed, with a batch or one matrix for the whole batch', () => {
    const batches = fc.constantFrom<[number[], number[]]>(
      [[], []],
      [[3], [3]],
      [[1], [3]],
      [[3], [1]],
      [
        [2, 3],
        [2, 3],
      ],
    );
    fc.assert(
      fc.property(
        upTo(9),
        upTo(9),
        upTo(9),
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
      runs,
    );
  });

  test('rearrangements', () => {
    fc.assert(
      fc.property(
        shape.chain((lengths) =>
          fc.tuple(
            fc.constant(lengths),
            fc.shuffledSubarray(
              lengths.map((_, axis) => axis),
              { minLength: lengths.length },
            ),
          ),
        ),
        ([x, perm]) => {
          expectAgreement({ kernelName: 'Transpose', inputs: { x }, attributes: { perm } });
          expectAgreement({ kernelName: 'Reshape', inputs: { x }, attributes: { shape: [tf.util.sizeFromShape(x)] } });
          expectAgreement({ kernelName: 'Reshape', inputs: { x }, attributes: { shape: x } });
          expectAgreement({ kernelName: 'ExpandDims', inputs: { input: x }, attributes: { dim: perm[0] } });
          expectAgreement({ kernelName: 'ExpandDims', inputs: { input: x }, attributes: { dim: -1 } });
          expectAgreement({
            kernelName: 'Tile',
            inputs: { x },
            attributes: { reps: x.map((length) => 1 + (length % 3)) },
          });
          expectAgreement({ kernelName: 'Reverse', inputs: { x }, attributes: { dims: perm.slice(0, 1) } });
          const paddings = x.map((length): [number, number] => [length % 2, length % 3]);
          expectAgreement({ kernelName: 'PadV2', inputs: { x }, attributes: { paddings, constantValue: 0.5 } });
          expectAgreement({
            kernelName: 'Slice',
            inputs: { x },
            attributes: { begin: x.map((length) => length - 1), size: x.map(() => 1) },
          });
        },
      ),
      runs,
    );
  });

  test('gathering and sums by segment, with ids that belong to none', () => {
    const ids = { shape: [4], numbers: [2, 0, 1, 2], dtype: 'int32' } as const;
    expectAgreement({
      kernelName: 'GatherV2',
      inputs: { x: [3, 5], indices: ids },
      attributes: { axis: 0, batchDims: 0 },
    });
    const segmentIds = { shape: [4], numbers: [2, -1, 1, 2], dtype: 'int32' } as const;
    expectAgreement({
      kernelName: 'UnsortedSegmentSum',
      inputs: { x: [4, 3], segmentIds },
      attributes: { numSegments: 3 },
    });
  });

  test('one-hot numbers, of either type', () => {
    const indices = { shape: [3], numbers: [2, 0, 1], dtype: 'int32' } as const;
    for (const dtype of ['float32', 'int32'])
      expectAgreement({
        kernelName: 'OneHot',
        inputs: { indices },
        attributes: { depth: 4, onValue: 1, offValue: 0, dtype },
      });
  });
});

describe.skipIf(!status.available)('kernels for gradients', () => {
  const { reluGrad, clipGrad, maxPoolGather } = optionalKernels;
  const run = (kernelName: string, inputs: Record<string, tf.Tensor>, attributes: object = {}) =>
    tf.engine().runKernel(kernelName, inputs, attributes as tf.NamedAttrMap) as tf.Tensor;
  beforeAll(() => node().doActivate());

  test('gates let the gradient through where x lies in their range, bounds included, and nothing where x is not a number', () => {
    tf.tidy(() => {
      const x = tf.tensor1d([-1, 0, 1e-30, 1, 2, 3, NaN]);
      const dy = tf.tensor1d([1, 2, 3, 4, 5, 6, 7]);
      expect([...run(reluGrad, { dy, x }).dataSync()]).toEqual([0, 0, 3, 4, 5, 6, 0]);
      expect([...run(clipGrad, { dy, x }, { low: 0, high: 2 }).dataSync()]).toEqual([0, 2, 3, 4, 5, 0, 0]);
    });
  });

  test('of equal maxima in a window the first is taken', () => {
    tf.tidy(() => {
      const x = tf.tensor([1, 5, 5, 0], [1, 2, 2, 1]);
      const u = tf.tensor([10, 20, 30, 40], [1, 2, 2, 1]);
      const attributes = { filterSize: 2, strides: 2, pad: 'valid' };
      expect([...run(maxPoolGather, { x, u }, attributes).dataSync()]).toEqual([20]);
      const dy = tf.tensor([7], [1, 1, 1, 1]);
      expect([...run('MaxPoolGrad', { dy, input: x }, attributes).dataSync()]).toEqual([0, 7, 0, 0]);
    });
  });

  test('gathering from maxima is the adjoint of scattering to them', () => {
    const shapes = fc.tuple(fc.constant(2), side, side, upTo(6));
    fc.assert(
      fc.property(shapes, upTo(3), upTo(3), fc.constantFrom('same', 'valid', 1), (lengths, size, stride, pad) => {
        fc.pre(pad !== 1 || size > 1);
        tf.tidy(() => {
          const attributes = { filterSize: size, strides: stride, pad };
          const [x, u] = [tf.randomNormal(lengths, 0, 1, 'float32', 1), tf.randomNormal(lengths, 0, 1, 'float32', 2)];
          const taken = run(maxPoolGather, { x, u }, attributes);
          const dy = tf.randomNormal(taken.shape, 0, 1, 'float32', 3);
          const spread = run('MaxPoolGrad', { dy, input: x }, attributes);
          const [left] = tf.sum(tf.mul(taken, dy)).dataSync();
          const [right] = tf.sum(tf.mul(u, spread)).dataSync();
          expect(left).toBeCloseTo(right as number, 3);
        });
      }),
      runs,
    );
  });
});

test.runIf(!status.available)('the backend node is not set up on this machine: its kernels were not tested', () => {
  expect(status).toMatchObject({ available: false, remedy: expect.stringContaining('equipoise backend install node') });
});
