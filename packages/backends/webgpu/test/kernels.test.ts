import { optionalKernels } from '@equipoise/autodiff';
import { cpu } from '@equipoise/backend-cpu';
import { testsWebgpu } from '@equipoise/internal-testing';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { webgpu } from '../src/index.js';
import { expectAgreement, gpu, watchPrograms } from './agreement.js';

const runs = { seed: 20240601, numRuns: 25 };

describe.runIf(testsWebgpu)('kernels of the backend webgpu agree with those of cpu', () => {
  let confusedPrograms: () => readonly string[] = () => [];
  beforeAll(async () => {
    await cpu().doActivate();
    await webgpu().doActivate();
    confusedPrograms = watchPrograms(gpu());
  });
  afterAll(() => {
    expect(confusedPrograms()).toEqual([]);
  });

  const shape = (rank: number, max = 5) =>
    fc.array(fc.integer({ min: 1, max }), { minLength: rank, maxLength: rank }) as fc.Arbitrary<number[]>;
  const anyShape = (max: number) => fc.integer({ min: 1, max }).chain((rank) => shape(rank));

  test.each<[string, number, number]>([
    ['Sin', -50, 50],
    ['Cos', -50, 50],
    ['Tan', -1.4, 1.4],
    ['Asin', -1, 1],
    ['Acos', -1, 1],
    ['Atan', -30, 30],
    ['Sinh', -9, 9],
    ['Cosh', -9, 9],
    ['Tanh', -12, 12],
    ['Asinh', -50, 50],
    ['Acosh', 1, 50],
    ['Atanh', -0.99, 0.99],
    ['Exp', -20, 20],
    ['Expm1', -9, 9],
    ['Log', 1e-3, 50],
    ['Log1p', -0.99, 50],
    ['Sqrt', 0, 50],
    ['Rsqrt', 1e-3, 50],
    ['Erf', -4, 4],
    ['Sigmoid', -90, 90],
    ['Softplus', -90, 90],
    ['Elu', -20, 20],
    ['Selu', -20, 20],
  ])('%s to float32 accuracy, near zero too', (kernelName, low, high) => {
    const numbers = Array.from({ length: 201 }, (_, index) => low + ((high - low) * index) / 200);
    const tiny = [1e-7, -1e-7, 1e-5, -3e-5, 1e-3, -2e-3].filter((x) => x >= low && x <= high);
    const edges = [NaN, ...(low === -1 ? [-1, 1] : [])];
    const all = [...numbers, ...tiny, ...edges].map(Math.fround);
    const vanishesAtZero = /^(Sin|Tan|Asin|Atan|Sinh|Tanh|Asinh|Atanh|Expm1|Log1p)$/.test(kernelName);
    expectAgreement(
      { kernelName, inputs: { x: { shape: [all.length], numbers: all } } },
      { rtol: 1e-5, atol: vanishesAtZero ? 1e-11 : 3e-7 },
    );
  });

  test('arithmetic of two operands that broadcast', () => {
    const names = ['Add', 'Sub', 'Multiply', 'RealDiv', 'Maximum', 'Minimum', 'SquaredDifference', 'Atan2', 'Less'];
    const axes = fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.constantFrom('both', 'a', 'b')), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(fc.constantFrom(...names), axes, fc.nat(2), (kernelName, lengths, drop) => {
        const shapeOf = (name: string) =>
          lengths.map(([length, where]) => (where === 'both' || where === name ? length : 1));
        expectAgreement({ kernelName, inputs: { a: shapeOf('a'), b: shapeOf('b').slice(drop) } });
      }),
      { ...runs, numRuns: 60 },
    );
  });

  test('reductions over any axes, of nothing too', () => {
    const names = ['Sum', 'Mean', 'Max', 'Min', 'Prod'];
    const reduction = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 5 }).chain((lengths) =>
      fc.record({
        x: fc.constant(lengths),
        axis: fc.subarray(
          lengths.map((_, axis) => axis),
          { minLength: 1 },
        ),
        keepDims: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(reduction, fc.constantFrom(...names), ({ x, axis, keepDims }, kernelName) => {
        fc.pre(x.every((length) => length > 0) || !/Max|Min|Mean/.test(kernelName));
        const axes = kernelName === 'Max' ? { reductionIndices: axis } : { axis };
        expectAgreement({ kernelName, inputs: { x }, attributes: { ...axes, keepDims } });
      }),
      { ...runs, numRuns: 80 },
    );
  });

  test('running sums and products of any length, direction and rank, exclusive or not', () => {
    fc.assert(
      fc.property(
        anyShape(4),
        fc.nat(3),
        fc.boolean(),
        fc.boolean(),
        fc.constantFrom('Cumsum', 'Cumprod'),
        (x, axis, exclusive, reverse, kernelName) =>
          expectAgreement({ kernelName, inputs: { x }, attributes: { axis: axis % x.length, exclusive, reverse } }),
      ),
      { ...runs, numRuns: 60 },
    );
  });

  test('sums of few and many tensors', () => {
    for (const count of [1, 2, 8, 9, 30])
      expectAgreement({ kernelName: 'AddN', inputs: Array.from({ length: count }, () => [3, 5]) });
  });

  test('choices by a mask, up to five axes', () => {
    fc.assert(
      fc.property(anyShape(5), (t) => {
        const numbers = Array.from({ length: tf.util.sizeFromShape(t) }, (_, index) => Number(index % 3 === 0));
        const condition = { shape: t, numbers, dtype: 'bool' as const };
        expectAgreement({ kernelName: 'Select', inputs: { condition, t, e: t } });
      }),
      runs,
    );
  });

  test('conversions give numbers of their type, which can be moved', () => {
    tf.setBackend('webgpu');
    tf.tidy(() => {
      const x = tf.tensor([1, 2, 3, 4, 5, 6], [2, 3], 'int32');
      gpu().uploadToGPU(x.dataId);
      const flags = tf.greater(x, 3);
      for (const whole of [x, flags]) {
        const floats = tf.transpose(tf.cast(whole, 'float32'));
        expect(floats.dataSync()).toBeInstanceOf(Float32Array);
        const expected = tf.transpose(whole).dataSync();
        expect([...floats.dataSync()]).toEqual([...expected].map(Number));
      }
      expect(tf.cast(flags, 'int32').dataSync()).toEqual(Int32Array.of(0, 0, 0, 1, 1, 1));
      expect(tf.cast(tf.tensor([0.5, -1.5, 2.9]), 'int32').dataSync()).toEqual(Int32Array.of(0, -1, 2));
    });
  });

  test('products of matrices, either transposed, in batches', () => {
    const length = fc.integer({ min: 1, max: 21 });
    const batches = fc.constantFrom<[number[], number[]][]>([[], []], [[3], [3]], [[1], [3]], [[3], [1]]);
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
      { ...runs, numRuns: 25 },
    );
    expectAgreement({ kernelName: 'BatchMatMul', inputs: { a: [1, 700], b: [700, 3] }, attributes: noTranspose });
    expectAgreement({ kernelName: 'BatchMatMul', inputs: { a: [130, 65], b: [65, 70] }, attributes: noTranspose });
  });
  const noTranspose = { transposeA: false, transposeB: false };

  test('moves: slices, tiles, pads, reversals, mirrors, transposes, concatenations, one-hot rows, gathered rows', () => {
    fc.assert(
      fc.property(anyShape(5), fc.nat(4), (x, pick) => {
        const axis = pick % x.length;
        const begin = x.map((length, index) => (index === axis ? Math.min(1, length - 1) : 0));
        const size = x.map((length, index) => length - (begin[index] as number));
        const perm = x.map((_, index) => (index + pick) % x.length);
        const paddings = x.map((_, index) => (index === axis ? [1, 2] : [0, 1]));
        expectAgreement({ kernelName: 'Slice', inputs: { x }, attributes: { begin, size } });
        expectAgreement({ kernelName: 'Tile', inputs: { x }, attributes: { reps: x.map((_, i) => 1 + (i % 2)) } });
        expectAgreement({ kernelName: 'PadV2', inputs: { x }, attributes: { paddings, constantValue: 0.5 } });
        if (x.length > 1) expectAgreement({ kernelName: 'Transpose', inputs: { x }, attributes: { perm } });
        expectAgreement({ kernelName: 'Concat', inputs: [x, x, x], attributes: { axis } });
        const indices = { shape: [3], numbers: [0, (x[axis] as number) - 1, 0], dtype: 'int32' as const };
        if (x.length <= 4) {
          expectAgreement({ kernelName: 'Reverse', inputs: { x }, attributes: { dims: [axis] } });
          expectAgreement({ kernelName: 'GatherV2', inputs: { x, indices }, attributes: { axis, batchDims: 0 } });
          const mirrored = x.map((length) => [Math.min(1, length - 1), 0]);
          expectAgreement({
            kernelName: 'MirrorPad',
            inputs: { x },
            attributes: { paddings: mirrored, mode: 'reflect' },
          });
        }
      }),
      runs,
    );
    expectAgreement({
      kernelName: 'Concat',
      inputs: Array.from({ length: 25 }, () => [2, 3]),
      attributes: { axis: 1 },
    });
    const labels = { shape: [4], numbers: [2, 0, 1, 2], dtype: 'int32' as const };
    const oneHot = { depth: 3, onValue: 1, offValue: 0, dtype: 'float32' };
    expectAgreement({ kernelName: 'OneHot', inputs: { indices: labels }, attributes: oneHot });
  });

  test('sums by segment, with ids that belong to none; places of extrema; the largest numbers', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1, max: 3 }), { minLength: 1, maxLength: 12 }), fc.nat(5), (ids, width) =>
        expectAgreement({
          kernelName: 'UnsortedSegmentSum',
          inputs: { x: [ids.length, width + 1], segmentIds: { shape: [ids.length], numbers: ids, dtype: 'int32' } },
          attributes: { numSegments: 4 },
        }),
      ),
      runs,
    );
    fc.assert(
      fc.property(anyShape(4), fc.nat(3), fc.constantFrom('ArgMax', 'ArgMin'), (x, axis, kernelName) =>
        expectAgreement({ kernelName, inputs: { x }, attributes: { axis: axis % x.length } }),
      ),
      runs,
    );
    for (const k of [1, 3, 20])
      expectAgreement({ kernelName: 'TopK', inputs: { x: [5, 23] }, attributes: { k, sorted: true } });
  });

  test('tensors of more numbers than the GPU counts workgroups in one direction', () => {
    tf.setBackend('webgpu');
    tf.tidy(() => {
      const rest = 0xffff * 64;
      const x = tf.concat([tf.fill([rest], -1), tf.fill([1000], 1)]);
      const dy = tf.fill([rest + 1000], 2);
      const gated = tf.engine().runKernel(optionalKernels.reluGrad, { dy, x }) as tf.Tensor;
      expect(tf.sum(gated).dataSync()[0]).toBe(2000);
    });
  });

  test('gates let the gradient through where x lies in their range, bounds included, and nothing where x is not a number', () => {
    tf.setBackend('webgpu');
    const run = (kernelName: string, attributes: object) =>
      tf.tidy(() => {
        const x = tf.tensor1d([-1, 0, 1e-30, 1, 2, 3, NaN]);
        const dy = tf.tensor1d([1, 2, 3, 4, 5, 6, 7]);
        const gated = tf.engine().runKernel(kernelName, { dy, x }, attributes as tf.NamedAttrMap);
        return [...(gated as tf.Tensor).dataSync()];
      });
    expect(run(optionalKernels.reluGrad, {})).toEqual([0, 0, 3, 4, 5, 6, 0]);
    expect(run(optionalKernels.clipGrad, { low: 0, high: 2 })).toEqual([0, 2, 3, 4, 5, 0, 0]);
  });
});
