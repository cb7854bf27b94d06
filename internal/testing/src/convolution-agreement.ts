import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { test } from 'vitest';
import type { ExpectAgreement } from './kernel-agreement.js';

/** A shape of images: batch, height, width, channels. */
export type ImageShape = [batch: number, height: number, width: number, channels: number];

/** What is asked of a backend's convolutions. */
export interface ConvolutionAgreementOptions {
  /** How many examples each test tries; default 60. */
  readonly numRuns?: number;
  /** Whether a padding may also be one number for both axes; TensorFlow.js's own kernels refuse it on some backends. */
  readonly numberPadding?: boolean;
}

const seed = 20240601;
const upTo = (max: number) => fc.integer({ min: 1, max });

/** Pairs for height and width. */
export const pairs = (max: number) => fc.tuple(upTo(max), upTo(max));

/** Small images of up to so many channels. */
export const images = (channels: number): fc.Arbitrary<ImageShape> =>
  fc.tuple(upTo(3), fc.integer({ min: 5, max: 11 }), fc.integer({ min: 5, max: 11 }), upTo(channels));

/** `same`, `valid`, pixels before and after each axis, and where it may be one number for all of them. */
export const paddings = (withNumbers: boolean) =>
  fc.oneof(
    fc.constantFrom('same' as const, 'valid' as const),
    ...(withNumbers ? [fc.integer({ min: 0, max: 2 })] : []),
    fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2), fc.nat(2)).map(([top, bottom, left, right]) => [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ]),
  );

interface Convolution {
  readonly x: ImageShape;
  readonly filter: ImageShape;
  readonly attributes: {
    readonly strides: [number, number];
    readonly dilations: [number, number];
    readonly pad: 'same' | 'valid' | number | number[][];
  };
}

/** Defines tests of convolutions, depthwise ones and their gradients against those of `cpu`, over strides, paddings and dilations. */
export function testConvolutions(
  expectAgreement: ExpectAgreement,
  { numRuns = 60, numberPadding = false }: ConvolutionAgreementOptions = {},
): void {
  const runs = { seed, numRuns };
  const convolutions = someConvolutions(numberPadding);
  const undilated = convolutions.map((example): Convolution => ({
    ...example,
    attributes: { ...example.attributes, dilations: [1, 1] },
  }));
  const forAll = (examples: fc.Arbitrary<Convolution>, expectOf: (example: Convolution) => void) =>
    fc.assert(fc.property(examples, expectOf), runs);

  test('convolution, over strides, paddings and dilations', () => {
    forAll(convolutions.filter(fits), (example) => expectForward(expectAgreement, 'Conv2D', example));
  });

  test('gradients of a convolution in its input and in its filter', () => {
    forAll(undilated.filter(fits), (example) => expectGradients(expectAgreement, 'Conv2D', example));
  });

  test('depthwise convolution and its gradients', () => {
    forAll(undilated.map(asDepthwise).filter(fitsDepthwise), (example) => {
      expectForward(expectAgreement, 'DepthwiseConv2dNative', example);
      expectGradients(expectAgreement, 'DepthwiseConv2dNative', example);
    });
  });
}

function someConvolutions(numberPadding: boolean): fc.Arbitrary<Convolution> {
  return fc
    .record({
      x: images(9),
      taps: pairs(5),
      outChannels: upTo(18),
      strides: pairs(3),
      dilations: pairs(3),
      pad: paddings(numberPadding),
    })
    .map(({ x, taps, outChannels, ...attributes }) => ({ x, filter: [...taps, x[3], outChannels], attributes }));
}

/** Depthwise convolutions have one stride, and up to three filters for each channel. */
function asDepthwise({ x, filter: [height, width, channels, multiplier], attributes }: Convolution): Convolution {
  const [stride] = attributes.strides;
  return {
    x,
    filter: [height, width, channels, 1 + (multiplier % 3)],
    attributes: { ...attributes, strides: [stride, stride] },
  };
}

function expectForward(expectAgreement: ExpectAgreement, kernelName: string, example: Convolution): void {
  const { x, filter, attributes } = example;
  expectAgreement({ kernelName, inputs: { x, filter }, attributes: { ...attributes, dataFormat: 'NHWC' } });
}

function expectGradients(expectAgreement: ExpectAgreement, kernelName: string, example: Convolution): void {
  const { x, filter } = example;
  const attributes = { ...example.attributes, dataFormat: 'NHWC' };
  const dy = outputShape(example, kernelName !== 'Conv2D');
  expectAgreement({
    kernelName: `${kernelName}BackpropInput`,
    inputs: { dy, filter },
    attributes: { ...attributes, inputShape: x },
  });
  expectAgreement({
    kernelName: `${kernelName}BackpropFilter`,
    inputs: { x, dy },
    attributes: { ...attributes, filterShape: filter },
  });
}

function outputShape({ x, filter, attributes }: Convolution, isDepthwise: boolean): number[] {
  const { strides, dilations, pad } = attributes;
  return tf.backend_util.computeConv2DInfo(x, filter, strides, dilations, pad as 'same', undefined, isDepthwise)
    .outShape;
}

/** TensorFlow.js takes a padding that is one number to mean the same windows along both axes. */
export function isOneNumberForBoth(pad: unknown, ...along: readonly (readonly number[])[]): boolean {
  return typeof pad !== 'number' || along.every(([height, width]) => height === width);
}

const isRegular = ({ filter, attributes: { pad, strides, dilations } }: Convolution) =>
  isOneNumberForBoth(pad, filter.slice(0, 2), strides, dilations);
const fits = (example: Convolution) => isRegular(example) && outputShape(example, false).every((length) => length > 0);
const fitsDepthwise = (example: Convolution) =>
  isRegular(example) && outputShape(example, true).every((length) => length > 0);
