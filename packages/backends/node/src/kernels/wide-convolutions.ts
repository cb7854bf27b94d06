import type { backend_util } from '@tensorflow/tfjs-core';
import type { TensorflowBackend } from '../binding/types.js';
import { extend, extensionOf, type TensorInfo } from './kernel.js';
import { windowsOf } from './windows.js';

type Information = backend_util.Conv2DInfo;

/** The lanes of a vector: outputs are made so many at a time. */
const lanes = 16;
/** Weights beyond this many leave the caches; where few outputs share them, TensorFlow's kernels, which take several images at once, are better. */
const mostWeights = 1 << 18;
const leastPixels = 64;

/** Whether the loops of this package's build suit a convolution that makes `outputs` numbers at each of `pixels` places. */
function isSuitable(info: Information, outputs: number, pixels: number): boolean {
  const { dilationHeight, dilationWidth, dataFormat, filterHeight, filterWidth, inChannels, outChannels } = info;
  const isPlain = dilationHeight === 1 && dilationWidth === 1 && dataFormat === 'channelsLast';
  const isWhole = outputs % lanes === 0 && inChannels * pixels * info.batchSize > 0;
  const weights = filterHeight * filterWidth * inChannels * outChannels;
  const { top, left } = info.padInfo;
  return isPlain && isWhole && top >= 0 && left >= 0 && (weights <= mostWeights || pixels >= leastPixels);
}

/** A convolution in the loops of this package's build; nothing where it has none for this processor, or another kernel is better. */
export function wideConvolution(
  backend: TensorflowBackend,
  x: TensorInfo,
  filter: TensorInfo,
  info: Information,
): TensorInfo | undefined {
  const { convolve } = extensionOf(backend) ?? {};
  if (convolve === undefined || !isSuitable(info, info.outChannels, info.outHeight * info.outWidth)) return undefined;
  return extend(backend, [x, filter], info.outShape, (...ids) => convolve(ids[0]!, ids[1]!, ...windowsOf(info)));
}

/** The gradient of its images, likewise. */
export function wideImageGradient(
  backend: TensorflowBackend,
  dy: TensorInfo,
  filter: TensorInfo,
  info: Information,
): TensorInfo | undefined {
  const { inHeight, inWidth, strideHeight, strideWidth, filterHeight, filterWidth, padInfo } = info;
  const { imageGradient } = extensionOf(backend) ?? {};
  const isDense = strideHeight === 1 && strideWidth === 1 && padInfo.top < filterHeight && padInfo.left < filterWidth;
  if (imageGradient === undefined || !isDense || !isSuitable(info, info.inChannels, inHeight * inWidth))
    return undefined;
  return extend(backend, [dy, filter], info.inShape, (...ids) =>
    imageGradient(ids[0]!, ids[1]!, ...windowsOf(info), inHeight, inWidth),
  );
}

/** The gradient of its filter, likewise. */
export function wideFilterGradient(
  backend: TensorflowBackend,
  x: TensorInfo,
  dy: TensorInfo,
  info: Information,
): TensorInfo | undefined {
  const { filterGradient } = extensionOf(backend) ?? {};
  if (filterGradient === undefined || !isSuitable(info, info.outChannels, info.outHeight * info.outWidth))
    return undefined;
  return extend(backend, [x, dy], info.filterShape, (...ids) => filterGradient(ids[0]!, ids[1]!, ...windowsOf(info)));
}
