import { multiplyMatrices } from '../products/product.js';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { pack, panelCount } from '../products/panels.js';
import { compact, isUnpadded, pad, paddedSize, type Padding } from '../products/padding.js';
import { addressOf, heapOf, withScratch } from '../heap.js';
import { inputPadding } from './conv2d.js';
import { convolutionInfo, type ConvolutionAttributes, type ConvolutionInfo } from './convolution.js';
import { type TensorInfo, wasmKernel } from './kernel.js';

/** About how many output pixels are summed over at a time, so that their gradients, in panels, stay in the cache. */
const blockPixels = 256;

/**
 * The gradient of a convolution in its filter as a matrix product: a left row holds what one weight meets in the padded images, a run
 * for each row of each output; the right matrix is dy, a row for each output pixel. Summed over blocks of images.
 */
export const conv2DBackpropFilter = wasmKernel<
  { readonly x: TensorInfo; readonly dy: TensorInfo },
  ConvolutionAttributes & { readonly filterShape: number[] }
>('Conv2DBackpropFilter', ({ inputs: { x, dy }, attributes, backend }) => {
  const info = convolutionInfo(x.shape, attributes.filterShape, { ...attributes, dilations: 1 });
  const out = backend.makeOutput(attributes.filterShape, 'float32');
  accumulate(backend, info, addressOf(backend, x), addressOf(backend, dy), addressOf(backend, out));
  return out;
});

function accumulate(backend: BackendWasm, info: ConvolutionInfo, x: number, dy: number, out: number): void {
  const padding = inputPadding(info);
  const { batchSize, outHeight, outWidth, outChannels, inChannels } = info;
  const rows = info.filterHeight * info.filterWidth * inChannels;
  const pixels = outHeight * outWidth;
  const images = Math.min(batchSize, Math.ceil(blockPixels / pixels));
  const panels = panelCount(outChannels);
  const isWhole = outChannels === 8 * panels;
  withScratch(backend, ({ allocate }) => {
    const image = isUnpadded(padding) ? x : allocate(paddedSize(padding));
    const right = allocate(images * pixels * 8 * panels);
    const table = allocate(2 * rows);
    const runs = allocate(batchSize * outHeight);
    const result = isWhole ? out : allocate(rows * 8 * panels);
    if (image !== x) pad(backend, x, image, padding);
    fillTables(heapOf(backend).HEAP32, table / 4, runs / 4, info, padding, image, result, 32 * panels);
    for (let first = 0; first < batchSize; first += images) {
      const count = Math.min(images, batchSize - first);
      const start = dy / 4 + first * pixels * outChannels;
      pack(
        backend,
        { start, rows: count * pixels, columns: outChannels, stride: outChannels, isTransposed: false },
        right,
      );
      multiplyMatrices(backend, {
        table,
        rows,
        stride: 4 * info.strideWidth * inChannels,
        runs: runs + 4 * first * outHeight,
        runCount: count * outHeight,
        runLength: outWidth,
        panels: right,
        panelCount: panels,
        shouldAdd: first > 0,
      });
    }
    if (!isWhole) compact(backend, result, out, rows, outChannels, 8 * panels);
  });
}

/** Fills the table of rows (where each weight's numbers begin, where its gradients go) and the offsets of the runs. */
function fillTables(
  heap: Int32Array,
  table: number,
  runs: number,
  info: ConvolutionInfo,
  { paddedHeight, paddedWidth }: Padding,
  image: number,
  out: number,
  outStride: number,
): void {
  const { filterHeight, filterWidth, inChannels } = info;
  for (let row = 0; row < filterHeight; row++) {
    for (let number = 0; number < filterWidth * inChannels; number++) {
      const weight = row * filterWidth * inChannels + number;
      heap[table + 2 * weight] = image + 4 * (row * paddedWidth * inChannels + number);
      heap[table + 2 * weight + 1] = out + weight * outStride;
    }
  }
  for (let batch = 0; batch < info.batchSize; batch++) {
    for (let row = 0; row < info.outHeight; row++)
      heap[runs + batch * info.outHeight + row] =
        4 * (batch * paddedHeight + row * info.strideHeight) * paddedWidth * inChannels;
  }
}
