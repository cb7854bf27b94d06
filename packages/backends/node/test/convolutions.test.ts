import { cpu } from '@equipoise/backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { node } from '../src/index.js';
import { expectAgreement, status } from './agreement.js';

const runs = { seed: 20240601, numRuns: 60 };
type Image = [number, number, number, number];

const padding = fc.oneof(
  fc.constantFrom('same' as const, 'valid' as const),
  fc.integer({ min: 0, max: 2 }),
  fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2), fc.nat(2)).map(([top, bottom, left, right]) => [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]),
);
const side = fc.integer({ min: 5, max: 11 });
const image = fc.tuple(fc.integer({ min: 1, max: 3 }), side, side, fc.integer({ min: 1, max: 9 }));
const upTo = (max: number) => fc.integer({ min: 1, max });
const pair = (max: number) => fc.tuple(upTo(max), upTo(max));

const convolution = fc
  .record({ x: image, taps: pair(5), outChannels: upTo(8), strides: pair(3), dilations: pair(2), pad: padding })
  .map(({ x, taps, outChannels, ...attributes }) => ({
    x: x as Image,
    filter: [...taps, x[3], outChannels],
    attributes,
  }));
type Convolution = typeof convolution extends fc.Arbitrary<infer Value> ? Value : never;

function outputShape({ x, filter, attributes }: Convolution, isDepthwise = false): number[] {
  const { strides, dilations, pad } = attributes;
  const { outShape } = tf.backend_util.computeConv2DInfo(
    x,
    filter as Image,
    strides,
    dilations,
    pad as 'same',
    undefined,
    isDepthwise,
  );
  return outShape;
}
/** TensorFlow.js takes a padding that is one number to mean the same windows along both axes. */
const isOneNumberForBoth = (pad: unknown, ...pairs: readonly (readonly number[])[]) =>
  typeof pad !== 'number' || pairs.every(([height, width]) => height === width);
const isRegular = ({ filter, attributes: { pad, strides, dilations } }: Convolution) =>
  isOneNumberForBoth(pad, filter.slice(0, 2), strides, dilations);
const fits = (example: Convolution) => isRegular(example) && outputShape(example).every((length) => length > 0);
const undilated = convolution.map(({ attributes, ...rest }) => ({
  ...rest,
  attributes: { ...attributes, dilations: [1, 1] as [number, number] },
}));

describe.skipIf(!status.available)('convolutions and pools of the backend node agree with those of cpu', () => {
  beforeAll(async () => {
    await cpu().doActivate();
    await node().doActivate();
  });

  test('convolution, over strides, paddings and dilations', () => {
    fc.assert(
      fc.property(convolution.filter(fits), ({ x, filter, attributes }) =>
        expectAgreement({
          kernelName: 'Conv2D',
          inputs: { x, filter },
          attributes: { ...attributes, dataFormat: 'NHWC' },
        }),
      ),
      runs,
    );
  });

  test('gradients of a convolution', () => {
    fc.assert(
      fc.property(undilated.filter(fits), (example) => {
        const { x, filter, attributes } = example;
        const dy = outputShape(example);
        const common = { ...attributes, dataFormat: 'NHWC' };
        expectAgreement({
          kernelName: 'Conv2DBackpropInput',
          inputs: { dy, filter },
          attributes: { ...common, inputShape: x },
        });
        expectAgreement({
          kernelName: 'Conv2DBackpropFilter',
          inputs: { x, dy },
          attributes: { ...common, filterShape: filter },
        });
      }),
      runs,
    );
  });

  test.each([
    [
      [2, 9, 7, 1],
      [5, 5],
    ],
    [
      [1, 13, 13, 1],
      [11, 11],
    ],
    [
      [3, 8, 8, 2],
      [7, 7],
    ],
    [
      [2, 8, 9, 3],
      [6, 7],
    ],
    [
      [2, 8, 8, 3],
      [7, 7],
    ],
    [
      [2, 8, 8, 4],
      [5, 6],
    ],
  ] as const)('the gradient of narrow images %j, filters %j, whether they fit its loop or not', (x, taps) => {
    for (const [strides, pad] of [
      [[1, 1], 'same'],
      [[2, 1], 'same'],
      [[2, 2], 'valid'],
    ] as const) {
      const filter = [...taps, x[3], 5];
      const { outShape } = tf.backend_util.computeConv2DInfo([...x], filter as Image, [...strides], 1, pad);
      const attributes = { strides, pad, dilations: 1, dataFormat: 'NHWC', inputShape: x };
      expectAgreement({ kernelName: 'Conv2DBackpropInput', inputs: { dy: outShape, filter }, attributes });
    }
  });

  test('depthwise convolution and its gradients', () => {
    const depthwise = undilated.map(({ filter, attributes, ...rest }) => ({
      ...rest,
      attributes: { ...attributes, strides: [attributes.strides[0], attributes.strides[0]] as [number, number] },
      filter: [...filter.slice(0, 3), 1 + ((filter[3] as number) % 3)],
    }));
    const isWhole = (example: Convolution) =>
      isRegular(example) && outputShape(example, true).every((length) => length > 0);
    fc.assert(
      fc.property(depthwise.filter(isWhole), (example) => {
        const { x, filter, attributes } = example;
        const dy = outputShape(example, true);
        expectAgreement({ kernelName: 'DepthwiseConv2dNative', inputs: { x, filter }, attributes });
        expectAgreement({
          kernelName: 'DepthwiseConv2dNativeBackpropInput',
          inputs: { dy, filter },
          attributes: { ...attributes, inputShape: x },
        });
        expectAgreement({
          kernelName: 'DepthwiseConv2dNativeBackpropFilter',
          inputs: { x, dy },
          attributes: { ...attributes, filterShape: filter },
        });
      }),
      runs,
    );
  });

  const pool = fc
    .record({
      x: image,
      filterSize: fc.tuple(fc.integer({ min: 2, max: 3 }), fc.integer({ min: 2, max: 3 })),
      strides: pair(3),
      pad: padding,
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
          tf.backend_util.computePool2DInfo(x as Image, filterSize, strides, 1, way as 'same').outShape;
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
