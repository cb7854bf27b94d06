import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { heapOf, withScratch } from '../heap.js';
import { pack, panelCount } from '../products/panels.js';
import { multiplyMatrices } from '../products/product.js';
import type { ConvolutionInfo } from './convolution.js';

/**
 * The gradient of a convolution in an input of few channels: what each output pixel gives to its whole window is one row of the product of dy and
 * the filter, whose columns are many where the columns of the input's channels are few; the rows are then added up where windows overlap.
 */
export function distributeWindows(
  backend: BackendWasm,
  info: ConvolutionInfo,
  dy: number,
  filter: number,
  out: number,
): void {
  const { batchSize, outHeight, outWidth, outChannels } = info;
  const pixels = outHeight * outWidth;
  const columns = info.filterHeight * info.filterWidth * info.inChannels;
  const panels = panelCount(columns);
  const imageSize = info.inHeight * info.inWidth * info.inChannels;
  withScratch(backend, ({ allocate }) => {
    const right = allocate(outChannels * 8 * panels);
    const table = allocate(2 * pixels);
    const run = allocate(1);
    const windows = allocate(pixels * 8 * panels);
    const { HEAP32, HEAPF32 } = heapOf(backend);
    HEAPF32.fill(0, out / 4, out / 4 + batchSize * imageSize);
    pack(backend, { start: filter / 4, rows: outChannels, columns, stride: outChannels, isTransposed: true }, right);
    for (let pixel = 0; pixel < pixels; pixel++) {
      HEAP32[table / 4 + 2 * pixel] = dy + 4 * pixel * outChannels;
      HEAP32[table / 4 + 2 * pixel + 1] = windows + 32 * pixel * panels;
    }
    for (let image = 0; image < batchSize; image++) {
      HEAP32[run / 4] = 4 * image * pixels * outChannels;
      multiplyMatrices(backend, {
        table,
        rows: pixels,
        stride: 4,
        runs: run,
        runCount: 1,
        runLength: outChannels,
        panels: right,
        panelCount: panels,
        shouldAdd: false,
      });
      addWindows(HEAPF32, info, windows / 4, 8 * panels, out / 4 + image * imageSize);
    }
  });
}

/** Adds each window of an image where it lies; a row of a window is a run of neighbouring numbers. */
function addWindows(
  heap: Float32Array,
  info: ConvolutionInfo,
  windows: number,
  windowSize: number,
  image: number,
): void {
  const { outHeight, outWidth, strideHeight, strideWidth, filterHeight, inHeight, inChannels, padInfo } = info;
  const rowLength = info.inWidth * inChannels;
  const runLength = info.filterWidth * inChannels;
  for (let row = 0; row < outHeight; row++) {
    for (let tap = 0; tap < filterHeight; tap++) {
      const y = row * strideHeight - padInfo.top + tap;
      if (y < 0 || y >= inHeight) continue;
      for (let column = 0; column < outWidth; column++) {
        const start = (column * strideWidth - padInfo.left) * inChannels;
        const source = windows + (row * outWidth + column) * windowSize + tap * runLength - start;
        const target = image + y * rowLength;
        const end = Math.min(start + runLength, rowLength);
        for (let place = Math.max(start, 0); place < end; place++)
          heap[target + place] = (heap[target + place] as number) + (heap[source + place] as number);
      }
    }
  }
}
