import { cpu } from '@equipoise/backend-cpu';
import {
  type ImageShape,
  images,
  isOneNumberForBoth,
  paddings,
  pairs,
  testConvolutions,
} from '@equipoise/internal-testing';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { node } from '../src/index.js';
import { expectAgreement, status } from './agreement.js';

const runs = { seed: 20240601, numRuns: 60 };

/** Images, and height and width of filters: some fit the loop for narrow images, the last two do not. */
const narrow: readonly { readonly x: ImageShape; readonly taps: readonly [number, number] }[] = [
  { x: [2, 9, 7, 1], taps: [5, 5] },
  { x: [1, 13, 13, 1], taps: [11, 11] },
  { x: [3, 8, 8, 2], taps: [7, 7] },
  { x: [2, 8, 9, 3], taps: [6, 7] },
  { x: [2, 8, 8, 4], taps: [5, 6] },
  { x: [2, 8, 8, 3], taps: [7, 7] },
  { x: [2, 8, 8, 5], taps: [3, 3] },
];

describe.skipIf(!status.available)('convolutions and pools of the backend node agree with those of cpu', () => {
  beforeAll(async () => {
    await cpu().doActivate();
    await node().doActivate();
  });

  testConvolutions(expectAgreement, { numberPadding: true });

  test.each(narrow)('the gradient of narrow images $x, filters $taps', ({ x, taps }) => {
    for (const strides of [1, 2]) {
      for (const pad of ['same', 'valid'] as const) {
        const filter: ImageShape = [...taps, x[3], 5];
        const dy = tf.backend_util.computeConv2DInfo(x, filter, strides, 1, pad).outShape;
        const attributes = { strides, pad, dilations: 1, dataFormat: 'NHWC', inputShape: x };
        expectAgreement({ kernelName: 'Conv2DBackpropInput', inputs: { dy, filter }, attributes });
      }
    }
  });

  const pool = fc
    .record({
      x: images(9),
      filterSize: pairs(2).map(([height, width]): [number, number] => [height + 1, width + 1]),
      strides: pairs(3),
      pad: paddings(true),
    })
    // Windows that lie in the padding alone have no maximum and no mean.
    .filter(({ pad, filterSize, strides }) => isOneNumberForBoth(pad, filterSize, strides))
    .filter(({ pad, filterSize }) => typeof pad === 'string' || reach(pad) < Math.min(...filterSize));
  const reach = (pad: number | number[][]) => (typeof pad === 'number' ? pad : Math.max(...pad.flat()));

  test('pools, with windows that overlap or reach over the border', () => {
    fc.assert(
      fc.property(pool, ({ x, ...attributes }) => {
        expectAgreement({ kernelName: 'MaxPool', inputs: { x }, attributes });
        expectAgreement({ kernelName: 'AvgPool', inputs: { x }, attributes });
      }),
      runs,
    );
  });

  test('gradients of pools', () => {
    fc.assert(
      fc.property(pool, ({ x, filterSize, strides, pad }) => {
        const shapeOf = (way: unknown) =>
          tf.backend_util.computePool2DInfo(x, filterSize, strides, 1, way as 'same').outShape;
        const dy = shapeOf(pad);
        expectAgreement({
          kernelName: 'MaxPoolGrad',
          inputs: { dy, input: x, output: dy },
          attributes: { filterSize, strides, pad },
        });
        // With padding the backends of TensorFlow.js disagree on this kernel; the gradient of autodiff never pads.
        const unpadded = { filterSize, strides, pad: 'valid' };
        expectAgreement({
          kernelName: 'AvgPoolGrad',
          inputs: { dy: shapeOf('valid'), input: x },
          attributes: unpadded,
        });
      }),
      runs,
    );
  });

  test('places of the largest values, of the first where several are equal', () => {
    const values = [-5, -3, -3, -9, -2, -7, -8, -4];
    for (const includeBatchInIndex of [true, false]) {
      const run = (backend: string) => {
        tf.setBackend(backend);
        return tf.tidy(() => {
          const { result, indexes } = tf.maxPoolWithArgmax(
            tf.tensor4d(values, [2, 2, 2, 1]),
            2,
            1,
            'same',
            includeBatchInIndex,
          );
          return [[...(result as tf.Tensor).dataSync()], [...(indexes as tf.Tensor).dataSync()]];
        });
      };
      expect(run('tensorflow')).toEqual(run('cpu'));
    }
  });
});
