import { cpu } from '@equipoise/backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, test } from 'vitest';
import { wasm } from '../src/index.js';
import { expectAgreement } from './agreement.js';

const runs = { seed: 20240601, numRuns: 60 };

beforeAll(async () => {
  await cpu().doActivate();
  await wasm().doActivate();
});

type Image = [batch: number, height: number, width: number, channels: number];

const padding = fc.oneof(
  fc.constantFrom('same' as const, 'valid' as const),
  fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2), fc.nat(2)).map(([top, bottom, left, right]) => [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]),
);

/** A convolution whose windows fit into the padded image. */
const convolution = fc
  .record({
    x: fc.tuple(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 5, max: 11 }),
      fc.integer({ min: 5, max: 11 }),
      fc.integer({ min: 1, max: 9 }),
    ),
    taps: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })),
    outChannels: fc.integer({ min: 1, max: 18 }),
    strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    dilations: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    pad: padding,
  })
  .map(({ x, taps, outChannels, ...attributes }) => ({
    x: x as Image,
    filter: [...taps, x[3], outChannels],
    attributes,
  }));

type Convolution = typeof convolution extends fc.Arbitrary<infer Value> ? Value : never;

function outputShape({ x, filter, attributes }: Convolution, isDepthwise = false): number[] {
  const { strides, dilations, pad } = attributes;
  const info = tf.backend_util.computeConv2DInfo(
    x,
    filter as Image,
    strides,
    dilations,
    pad as 'same',
    undefined,
    isDepthwise,
  );
  return info.outShape;
}

const fits = (example: Convolution) => outputShape(example).every((length) => length > 0);
const undilated = convolution.map(({ attributes, ...rest }) => ({
  ...rest,
  attributes: { ...attributes, dilations: [1, 1] as [number, number] },
}));

describe('kernels of the backend wasm agree with those of cpu', () => {
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

  test('gradient of a convolution in its input', () => {
    fc.assert(
      fc.property(undilated.filter(fits), (example) => {
        const { x, filter, attributes } = example;
        expectAgreement({
          kernelName: 'Conv2DBackpropInput',
          inputs: { dy: outputShape(example), filter },
          attributes: { ...attributes, inputShape: x, dataFormat: 'NHWC' },
        });
      }),
      runs,
    );
  });

  test('gradient of a convolution in its filter', () => {
    fc.assert(
      fc.property(undilated.filter(fits), (example) => {
        const { x, filter, attributes } = example;
        expectAgreement({
          kernelName: 'Conv2DBackpropFilter',
          inputs: { x, dy: outputShape(example) },
          attributes: { ...attributes, filterShape: filter, dataFormat: 'NHWC' },
        });
      }),
      runs,
    );
  });

  test('gradients of a depthwise convolution', () => {
    const depthwise = undilated.map(({ filter, ...rest }) => ({
      ...rest,
      filter: [...filter.slice(0, 3), 1 + ((filter[3] as number) % 3)],
    }));
    fc.assert(
      fc.property(
        depthwise.filter((example) => outputShape(example, true).every((length) => length > 0)),
        (example) => {
          const { x, filter, attributes } = example;
          const dy = outputShape(example, true);
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
        },
      ),
      runs,
    );
  });
});
