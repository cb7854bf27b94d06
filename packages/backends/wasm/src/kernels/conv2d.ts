import { UnsupportedError } from '@equipoise/spec';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { pack, panelCount } from '../products/panels.js';
import { compact, isUnpadded, pad, paddedSize, type Padding } from '../products/padding.js';
import { multiplyMatrices } from '../products/product.js';
import { addressOf, heapOf, withScratch } from '../heap.js';
import { convolutionInfo, type ConvolutionAttributes, type ConvolutionInfo } from './convolution.js';
import { type TensorInfo, wasmKernel } from './kernel.js';

/**
 * A convolution as a matrix product without copies of the windows: a left row is the window of an output pixel, which lies in the padded
 * image in one run for each row of the filter (one for each tap where the filter is dilated).
 */
export const conv2D = wasmKernel<{ readonly x: TensorInfo; readonly filter: TensorInfo }, ConvolutionAttributes>(
  'Conv2D',
  ({ inputs: { x, filter }, attributes, backend }) => {
    requireChannelsLast(attributes);
    const info = convolutionInfo(x.shape, filter.shape, attributes);
    const out = backend.makeOutput(info.outShape, 'float32');
    convolve(backend, info, addressOf(backend, x), addressOf(backend, filter), addressOf(backend, out));
    return out;
  },
);

function requireChannelsLast({ dataFormat = 'NHWC' }: ConvolutionAttributes): void {
  if (dataFormat !== 'NHWC')
    throw new UnsupportedError('a convolution', `data format ${dataFormat}`, 'backend "wasm" (which has NHWC)');
}

/** How the input of a convolution is padded: as far as windows reach. */
export function inputPadding(info: ConvolutionInfo): Padding {
  return {
    batch: info.batchSize,
    height: info.inHeight,
    width: info.inWidth,
    channels: info.inChannels,
    top: info.padInfo.top,
    left: info.padInfo.left,
    paddedHeight: (info.outHeight - 1) * info.strideHeight + (info.filterHeight - 1) * info.dilationHeight + 1,
    paddedWidth: (info.outWidth - 1) * info.strideWidth + (info.filterWidth - 1) * info.dilationWidth + 1,
  };
}

/** The offsets in bytes and the length in numbers of the runs that make up a window. */
function windowRuns(info: ConvolutionInfo, paddedWidth: number): { offsets: number[]; length: number } {
  const { filterHeight, filterWidth, dilationHeight, dilationWidth, inChannels } = info;
  const isWhole = dilationWidth === 1 || filterWidth === 1;
  const offsets: number[] = [];
  for (let row = 0; row < filterHeight; row++) {
    for (let column = 0; column < (isWhole ? 1 : filterWidth); column++)
      offsets.push(4 * (row * dilationHeight * paddedWidth + column * dilationWidth) * inChannels);
  }
  return { offsets, length: isWhole ? filterWidth * inChannels : inChannels };
}

function convolve(backend: BackendWasm, info: ConvolutionInfo, x: number, filter: number, out: number): void {
  const padding = inputPadding(info);
  const runs = windowRuns(info, padding.paddedWidth);
  const rows = info.batchSize * info.outHeight * info.outWidth;
  const depth = info.filterHeight * info.filterWidth * info.inChannels;
  const panels = panelCount(info.outChannels);
  const isWhole = info.outChannels === 8 * panels;
  withScratch(backend, ({ allocate }) => {
    const image = isUnpadded(padding) ? x : allocate(paddedSize(padding));
    const right = allocate(depth * 8 * panels);
    const table = allocate(2 * rows);
    const runTable = allocate(runs.offsets.length);
    const result = isWhole ? out : allocate(rows * 8 * panels);
    if (image !== x) pad(backend, x, image, padding);
    const matrix = { start: filter / 4, rows: depth, columns: info.outChannels, stride: info.outChannels };
    pack(backend, { ...matrix, isTransposed: false }, right);
    heapOf(backend).HEAP32.set(runs.offsets, runTable / 4);
    fillTable(heapOf(backend).HEAP32, table / 4, info, padding, image, result, 32 * panels);
    multiplyMatrices(backend, {
      table,
      rows,
      stride: 4,
      runs: runTable,
      runCount: runs.offsets.length,
      runLength: runs.length,
      panels: right,
      panelCount: panels,
      shouldAdd: false,
    });
    if (!isWhole) compact(backend, result, out, rows, info.outChannels, 8 * panels);
  });
}

function fillTable(
  heap: Int32Array,
  table: number,
  info: ConvolutionInfo,
  padding: Padding,
  image: number,
  out: number,
  outStride: number,
) {
  const { batchSize, outHeight, outWidth, strideHeight, strideWidth, inChannels } = info;
  let place = table;
  let product = out;
  for (let batch = 0; batch < batchSize; batch++) {
    for (let row = 0; row < outHeight; row++) {
      let start = image + 4 * (batch * padding.paddedHeight + row * strideHeight) * padding.paddedWidth * inChannels;
      for (let column = 0; column < outWidth; column++) {
        heap[place++] = start;
        heap[place++] = product;
        start += 4 * strideWidth * inChannels;
        product += outStride;
      }
    }
  }
}
