import { optionalKernels } from '@equipoise/autodiff';
import { cpu } from '@equipoise/backend-cpu';
import { expectClose, images as someImages, pairs, testConvolutions, testsWebgpu } from '@equipoise/internal-testing';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { webgpu } from '../src/index.js';
import { expectAgreement, gpu, watchPrograms } from './agreement.js';

const runs = { seed: 20240601, numRuns: 25 };

describe.runIf(testsWebgpu)('convolutions and pools of the backend webgpu agree with those of cpu', () => {
  let confusedPrograms: () => readonly string[] = () => [];
  beforeAll(async () => {
    await cpu().doActivate();
    await webgpu().doActivate();
    confusedPrograms = watchPrograms(gpu());
  });
  afterAll(() => {
    expect(confusedPrograms()).toEqual([]);
  });

  testConvolutions(expectAgreement, { numRuns: runs.numRuns });

  test('pools and their gradients, with windows that overlap or reach over the border', () => {
    const pool = fc.record({
      x: someImages(9),
      filterSize: pairs(3),
      strides: pairs(3),
      pad: fc.constantFrom('same' as const, 'valid' as const),
    });
    fc.assert(
      fc.property(pool, ({ x, filterSize, strides, pad }) => {
        const shapeOf = (kind: 'same' | 'valid') =>
          tf.backend_util.computePool2DInfo(x, filterSize, strides, 1, kind).outShape;
        const attributes = { filterSize, strides };
        const dy = shapeOf(pad);
        for (const kernelName of ['MaxPool', 'AvgPool'])
          expectAgreement({ kernelName, inputs: { x }, attributes: { ...attributes, pad } });
        expectAgreement({
          kernelName: 'MaxPoolGrad',
          inputs: { dy, input: x, output: dy },
          attributes: { ...attributes, pad },
        });
        // With padding the backends of TensorFlow.js disagree on this kernel; the gradient of autodiff never pads.
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

  test('of equal maxima in a window the first is taken, forwards and backwards', () => {
    tf.setBackend('webgpu');
    tf.tidy(() => {
      const x = tf.tensor4d([-1, -5, -1, -1, 0, 5, 5, 5], [2, 2, 2, 1]);
      const attributes = { filterSize: 2, strides: 2, pad: 'valid' };
      const run = (kernelName: string, inputs: tf.NamedTensorMap) => {
        const result = tf.engine().runKernel(kernelName, inputs, attributes) as tf.Tensor;
        return [...result.dataSync()];
      };
      const dy = tf.tensor4d([7, 8], [2, 1, 1, 1]);
      expect(run('MaxPoolGrad', { dy, input: x, output: dy })).toEqual([7, 0, 0, 0, 0, 8, 0, 0]);
      const u = tf.tensor4d([10, 20, 30, 40, 50, 60, 70, 80], [2, 2, 2, 1]);
      expect(run(optionalKernels.maxPoolGather, { x, u })).toEqual([10, 60]);
      for (const includeBatch of [true, false]) {
        const { result, indexes } = tf.maxPoolWithArgmax(x, 2, 2, 'valid', includeBatch);
        expect([...(result as tf.Tensor).dataSync()]).toEqual([-1, 5]);
        expect([...(indexes as tf.Tensor).dataSync()]).toEqual(includeBatch ? [0, 5] : [0, 1]);
      }
    });
  });

  test('gathering from maxima is the adjoint of scattering to them', () => {
    fc.assert(
      fc.property(
        someImages(6),
        pairs(3),
        pairs(3),
        fc.constantFrom('same', 'valid'),
        (shape, filterSize, strides, pad) => {
          tf.setBackend('webgpu');
          tf.tidy(() => {
            const attributes = { filterSize, strides, pad };
            const [x, u] = [tf.randomNormal(shape, 0, 1, 'float32', 1), tf.randomNormal(shape, 0, 1, 'float32', 2)];
            const taken = tf.engine().runKernel(optionalKernels.maxPoolGather, { x, u }, attributes) as tf.Tensor;
            const dy = tf.randomNormal(taken.shape, 0, 1, 'float32', 3);
            const spread = tf.engine().runKernel('MaxPoolGrad', { dy, input: x, output: dy }, attributes) as tf.Tensor;
            expectClose(tf.sum(tf.mul(taken, dy)), tf.sum(tf.mul(u, spread)), { rtol: 1e-4, atol: 1e-4 });
          });
        },
      ),
      runs,
    );
  });

  test('images enlarged and shrunk, with and without aligned corners, and their gradients', () => {
    const resize = fc.record({
      images: someImages(4),
      size: fc.tuple(fc.integer({ min: 2, max: 15 }), fc.integer({ min: 2, max: 15 })),
      mode: fc.constantFrom<[boolean, boolean][]>([false, false], [true, false], [false, true]),
    });
    fc.assert(
      fc.property(resize, ({ images, size, mode: [alignCorners, halfPixelCenters] }) => {
        const attributes = { size, alignCorners, halfPixelCenters };
        for (const kernelName of ['ResizeBilinear', 'ResizeNearestNeighbor'])
          expectAgreement({ kernelName, inputs: { images }, attributes });
      }),
      runs,
    );
  });
});
