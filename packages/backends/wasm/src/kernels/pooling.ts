import { optionalKernels } from '@equipoise/autodiff';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { addressOf } from '../heap.js';
import { vectorFunctions } from '../simd/instance.js';
import * as tf from '@tensorflow/tfjs-core';
import type { ConvolutionInfo } from './convolution.js';
import { callKernel, floats, free, integers, type TensorInfo, wasmKernel } from './kernel.js';

/** Attributes of two-dimensional pools. */
interface PoolAttributes {
  readonly filterSize: number | [number, number];
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

function poolInfo(shape: readonly number[], attributes: PoolAttributes): ConvolutionInfo {
  const { filterSize, strides, pad, dimRoundingMode } = attributes;
  const image = shape as [number, number, number, number];
  return tf.backend_util.computePool2DInfo(image, filterSize, strides, 1, pad, dimRoundingMode);
}

/** Puts each entry of `dy` at the place of its window's first maximum. */
export const maxPoolGrad = wasmKernel<{ readonly dy: TensorInfo; readonly input: TensorInfo }, PoolAttributes>(
  'MaxPoolGrad',
  ({ inputs: { dy, input }, attributes, backend }) => {
    const out = backend.makeOutput(input.shape, 'float32');
    floats(backend, out).fill(0);
    const { scatterMaximum } = vectorFunctions(backend);
    const [x, dx, gradient] = addresses(backend, input, out, dy);
    forEachWindow(poolInfo(input.shape, attributes), (place, output, window) =>
      scatterMaximum(x + place, dx + place, gradient + output, ...window),
    );
    return out;
  },
);

/** Takes `u` at the place of each window's first maximum of x. */
export const maxPoolGather = wasmKernel<{ readonly x: TensorInfo; readonly u: TensorInfo }, PoolAttributes>(
  optionalKernels.maxPoolGather,
  ({ inputs: { x, u }, attributes, backend }) => {
    const info = poolInfo(x.shape, attributes);
    const out = backend.makeOutput(info.outShape, 'float32');
    const { gatherMaximum } = vectorFunctions(backend);
    const [image, values, taken] = addresses(backend, x, u, out);
    forEachWindow(info, (place, output, window) =>
      gatherMaximum(image + place, values + place, taken + output, ...window),
    );
    return out;
  },
);

/** The maximum of each window and its place in the image (or in the whole batch), the first where several are equal. */
export const maxPoolWithArgmax = wasmKernel<
  { readonly x: TensorInfo },
  PoolAttributes & { readonly includeBatchInIndex: boolean }
>('MaxPoolWithArgmax', ({ inputs: { x }, attributes, backend }) => {
  const info = poolInfo(x.shape, attributes);
  const indexes = backend.makeOutput(info.outShape, 'int32');
  const imageSize = info.inHeight * info.inWidth * info.inChannels;
  const numbers = backend.makeOutput(x.shape, 'float32');
  const places = callKernel(
    backend,
    optionalKernels.maxPoolGather,
    { x, u: numbered(backend, numbers, imageSize) },
    attributes,
  );
  const maxima = callKernel(backend, optionalKernels.maxPoolGather, { x, u: x }, attributes);
  const found = floats(backend, places);
  const outputs = info.outHeight * info.outWidth * info.inChannels;
  integers(backend, indexes).forEach((_, index, all) => {
    const image = attributes.includeBatchInIndex ? Math.floor(index / outputs) * imageSize : 0;
    all[index] = (found[index] as number) + image;
  });
  for (const one of [numbers, places]) free(backend, one);
  return [maxima, indexes];
});

/** Writes into each place its number within its image. Exact up to 2²⁴ numbers an image. */
function numbered(backend: BackendWasm, info: TensorInfo, imageSize: number): TensorInfo {
  const values = floats(backend, info);
  for (let index = 0; index < values.length; index++) values[index] = index % imageSize;
  return info;
}

/** Spreads each entry of `dy` evenly over its window. As in TensorFlow.js's `cpu` backend, pixels outside the image count. */
export const avgPoolGrad = wasmKernel<{ readonly dy: TensorInfo; readonly input: TensorInfo }, PoolAttributes>(
  'AvgPoolGrad',
  ({ inputs: { dy, input }, attributes, backend }) => {
    const info = poolInfo(input.shape, attributes);
    const out = backend.makeOutput(input.shape, 'float32');
    floats(backend, out).fill(0);
    const { scatterShare } = vectorFunctions(backend);
    const [, dx, gradient] = addresses(backend, input, out, dy);
    const share = 1 / (info.filterHeight * info.filterWidth);
    forEachWindow(info, (place, output, window) => scatterShare(0, dx + place, gradient + output, ...window, share));
    return out;
  },
);

function addresses(backend: BackendWasm, ...infos: readonly [TensorInfo, TensorInfo, TensorInfo]) {
  return infos.map((info) => addressOf(backend, info)) as [number, number, number];
}

/** The part of a window that lies in the image: see `windowFunction` of the vector module. */
type Window = [rows: number, columns: number, rowGap: number, channels: number];

/** Visits every window with the offsets in bytes of its first tap in the image and of its output. */
function forEachWindow(info: ConvolutionInfo, visit: (place: number, output: number, window: Window) => void): void {
  const { batchSize, outHeight, outWidth, inHeight, inWidth, inChannels, padInfo } = info;
  const pixel = 4 * inChannels;
  for (let image = 0; image < batchSize; image++) {
    for (let row = 0; row < outHeight; row++) {
      const top = row * info.strideHeight - padInfo.top;
      const first = Math.max(top, 0);
      const rows = Math.min(top + info.filterHeight, inHeight) - first;
      for (let column = 0; column < outWidth; column++) {
        const left = column * info.strideWidth - padInfo.left;
        const start = Math.max(left, 0);
        const columns = Math.min(left + info.filterWidth, inWidth) - start;
        const place = pixel * ((image * inHeight + first) * inWidth + start);
        const output = pixel * ((image * outHeight + row) * outWidth + column);
        visit(place, output, [rows, columns, pixel * (inWidth - columns), inChannels]);
      }
    }
  }
}
