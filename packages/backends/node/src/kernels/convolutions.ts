import * as tf from '@tensorflow/tfjs-core';
import type { TensorflowBackend } from '../binding/types.js';
import { type Attributes, execute, type Input, nodeKernel, type TensorInfo } from './kernel.js';
import { narrowImageGradient } from './narrow-images.js';
import { wideConvolution, wideFilterGradient, wideImageGradient } from './wide-convolutions.js';

/** Attributes of a two-dimensional convolution and of its gradients. */
interface ConvolutionAttributes {
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  readonly dataFormat?: 'NHWC' | 'NCHW';
  readonly dilations?: number | [number, number];
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly inputShape?: number[];
  readonly filterShape?: number[];
}

type Shape = [number, number, number, number];
type Information = tf.backend_util.Conv2DInfo;

function information(
  x: readonly number[],
  filter: readonly number[],
  attributes: ConvolutionAttributes,
  isDepthwise: boolean,
): Information {
  const { strides, pad, dataFormat = 'NHWC', dilations = 1, dimRoundingMode } = attributes;
  const format = tf.backend_util.convertConv2DDataFormat(dataFormat);
  return tf.backend_util.computeConv2DInfo(
    x as Shape,
    filter as Shape,
    strides,
    dilations,
    pad,
    dimRoundingMode,
    isDepthwise,
    format,
  );
}

/**
 * What TensorFlow is told of the padding: its fast kernels, those of oneDNN, take no padding in numbers, so that numbers are only given where
 * they are neither none nor those of `same`.
 */
function paddingOf(info: Information): 'SAME' | 'VALID' | 'EXPLICIT' {
  const { padInfo, inHeight, inWidth, outHeight, outWidth, strideHeight, strideWidth } = info;
  if (padInfo.type === 'VALID' || padInfo.type === 'SAME') return padInfo.type;
  const isSame = (length: number, outputs: number, stride: number, filter: number, before: number, after: number) => {
    const total = Math.max((outputs - 1) * stride + filter - length, 0);
    return outputs === Math.ceil(length / stride) && before === Math.floor(total / 2) && before + after === total;
  };
  const { top, bottom, left, right } = padInfo;
  if (top + bottom + left + right === 0) return 'VALID';
  return isSame(inHeight, outHeight, strideHeight, info.effectiveFilterHeight, top, bottom) &&
    isSame(inWidth, outWidth, strideWidth, info.effectiveFilterWidth, left, right)
    ? 'SAME'
    : 'EXPLICIT';
}

/** TensorFlow's attributes of a convolution. */
function attributesOf(info: Information): Attributes {
  const { padInfo, dataFormat, strideHeight, strideWidth, dilationHeight, dilationWidth } = info;
  const isLast = dataFormat === 'channelsLast';
  const perAxis = (height: number, width: number) => (isLast ? [1, height, width, 1] : [1, 1, height, width]);
  const padding = paddingOf(info);
  const { top, bottom, left, right } = padInfo;
  const explicit = isLast ? [0, 0, top, bottom, left, right, 0, 0] : [0, 0, 0, 0, top, bottom, left, right];
  return {
    integers: {
      strides: perAxis(strideHeight, strideWidth),
      dilations: perAxis(dilationHeight, dilationWidth),
      ...(padding === 'EXPLICIT' && { explicit_paddings: explicit }),
    },
    texts: { padding, data_format: isLast ? 'NHWC' : 'NCHW' },
  };
}

/** Runs one of TensorFlow's convolutions. */
function convolve(
  backend: TensorflowBackend,
  operation: string,
  info: Information,
  inputs: readonly Input[],
): TensorInfo {
  return execute(backend, operation, inputs, attributesOf(info));
}

interface Forward {
  readonly x: TensorInfo;
  readonly filter: TensorInfo;
}
interface ToInput {
  readonly dy: TensorInfo;
  readonly filter: TensorInfo;
}
interface ToFilter {
  readonly x: TensorInfo;
  readonly dy: TensorInfo;
}

/** The three kernels of one kind of convolution. TensorFlow.js's own refuse paddings in numbers. */
function kernelsOf(kernelName: string, isDepthwise: boolean): tf.KernelConfig[] {
  return [
    nodeKernel<Forward, ConvolutionAttributes>(kernelName, ({ inputs: { x, filter }, attributes, backend }) => {
      const info = information(x.shape, filter.shape, attributes, isDepthwise);
      const own = isDepthwise ? undefined : wideConvolution(backend, x, filter, info);
      return own ?? convolve(backend, kernelName, info, [x, filter]);
    }),
    nodeKernel<ToInput, ConvolutionAttributes>(
      `${kernelName}BackpropInput`,
      ({ inputs: { dy, filter }, attributes, backend }) => {
        const shape = attributes.inputShape as number[];
        const info = information(shape, filter.shape, attributes, isDepthwise);
        const own = isDepthwise
          ? undefined
          : (narrowImageGradient(backend, dy, filter, info) ?? wideImageGradient(backend, dy, filter, info));
        return own ?? convolve(backend, `${kernelName}BackpropInput`, info, [shape, filter, dy]);
      },
    ),
    nodeKernel<ToFilter, ConvolutionAttributes>(
      `${kernelName}BackpropFilter`,
      ({ inputs: { x, dy }, attributes, backend }) => {
        const shape = attributes.filterShape as number[];
        const info = information(x.shape, shape, attributes, isDepthwise);
        const own = isDepthwise ? undefined : wideFilterGradient(backend, x, dy, info);
        return own ?? convolve(backend, `${kernelName}BackpropFilter`, info, [x, shape, dy]);
      },
    ),
  ];
}

/** Convolutions and their gradients. */
export const convolutionKernels: readonly tf.KernelConfig[] = [
  ...kernelsOf('Conv2D', false),
  ...kernelsOf('DepthwiseConv2dNative', true),
];
