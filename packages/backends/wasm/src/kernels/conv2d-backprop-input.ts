import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { pack, panelCount } from '../products/panels.js';
import { compact, isUnpadded, pad, paddedSize, type Padding } from '../products/padding.js';
import { multiplyMatrices } from '../products/product.js';
import { addressOf, heapOf, withScratch } from '../heap.js';
import { convolutionInfo, type ConvolutionAttributes, type ConvolutionInfo } from './convolution.js';
import { distributeWindows } from './few-channels.js';
import { phases, type Phase } from './phases.js';
import { type TensorInfo, wasmKernel } from './kernel.js';

/** Up to so many channels it is faster to add windows up than to fill a panel of eight columns with zeros. */
const fewChannels = 4;

/**
 * The gradient of a convolution in its input, as convolutions of dy: pixels of the input that lie alike to the strides (a phase) meet the same
 * taps of the filter, so that each phase is a convolution without strides of the padded dy with these taps in reverse order.
 */
export const conv2DBackpropInput = wasmKernel<
  { readonly dy: TensorInfo; readonly filter: TensorInfo },
  ConvolutionAttributes & { readonly inputShape: number[] }
>('Conv2DBackpropInput', ({ inputs: { dy, filter }, attributes, backend }) => {
  const info = convolutionInfo(attributes.inputShape, filter.shape, { ...attributes, dilations: 1 });
  const out = backend.makeOutput(attributes.inputShape, 'float32');
  const compute = info.inChannels <= fewChannels ? distributeWindows : distribute;
  compute(backend, info, addressOf(backend, dy), addressOf(backend, filter), addressOf(backend, out));
  return out;
});

/** Phases along the two axes of the image. */
interface ImagePhase {
  readonly rows: Phase;
  readonly columns: Phase;
}

/** Where things lie in memory, in bytes. */
interface Places {
  readonly image: number;
  readonly filter: number;
  readonly right: number;
  readonly table: number;
  readonly runs: number;
  readonly result: number;
}

function distribute(backend: BackendWasm, info: ConvolutionInfo, dy: number, filter: number, out: number): void {
  const all = imagePhases(info);
  const padding = outputPadding(info, all);
  const { batchSize, inHeight, inWidth, inChannels, outChannels, filterHeight, filterWidth } = info;
  const pixels = batchSize * inHeight * inWidth;
  const panels = panelCount(inChannels);
  const isWhole = inChannels === 8 * panels;
  withScratch(backend, ({ allocate }) => {
    const places: Places = {
      filter,
      image: isUnpadded(padding) ? dy : allocate(paddedSize(padding)),
      right: allocate(filterHeight * filterWidth * outChannels * 8 * panels),
      table: allocate(2 * pixels),
      runs: allocate(filterHeight),
      result: isWhole ? out : allocate(pixels * 8 * panels),
    };
    if (places.image !== dy) pad(backend, dy, places.image, padding);
    const isCovered = all.every(({ rows, columns }) => rows.taps.length > 0 && columns.taps.length > 0);
    if (!isCovered) heapOf(backend).HEAPU8.fill(0, places.result, places.result + 4 * pixels * 8 * panels);
    for (const phase of all) distributePhase(backend, info, phase, padding, places);
    if (!isWhole) compact(backend, places.result, out, pixels, inChannels, 8 * panels);
  });
}

function imagePhases(info: ConvolutionInfo): ImagePhase[] {
  const { strideHeight, strideWidth, filterHeight, filterWidth, inHeight, inWidth, padInfo } = info;
  const columns = phases(strideWidth, filterWidth, inWidth, padInfo.left);
  return phases(strideHeight, filterHeight, inHeight, padInfo.top).flatMap((rows) =>
    columns.map((column) => ({ rows, columns: column })),
  );
}

/** How dy is padded so that the windows of all phases lie inside. */
function outputPadding(info: ConvolutionInfo, all: readonly ImagePhase[]): Padding {
  const { batchSize, outHeight, outWidth, outChannels } = info;
  const vertical = reach(
    all.map(({ rows }) => rows),
    outHeight,
  );
  const horizontal = reach(
    all.map(({ columns }) => columns),
    outWidth,
  );
  return {
    batch: batchSize,
    height: outHeight,
    width: outWidth,
    channels: outChannels,
    top: vertical.before,
    left: horizontal.before,
    paddedHeight: vertical.length,
    paddedWidth: horizontal.length,
  };
}

function reach(all: readonly Phase[], length: number): { before: number; length: number } {
  const used = all.filter((phase) => phase.taps.length > 0 && phase.count > 0);
  const before = Math.max(0, ...used.map(({ firstOutput, taps }) => taps.length - 1 - firstOutput));
  const last = Math.max(length - 1, ...used.map(({ firstOutput, count }) => firstOutput + count - 1));
  return { before, length: before + last + 1 };
}

function distributePhase(
  backend: BackendWasm,
  info: ConvolutionInfo,
  { rows, columns }: ImagePhase,
  padding: Padding,
  places: Places,
) {
  const { batchSize, inChannels, outChannels } = info;
  const pixels = batchSize * rows.count * columns.count;
  const depth = rows.taps.length * columns.taps.length * outChannels;
  if (pixels === 0 || depth === 0) return;
  packTaps(backend, info, rows, columns, places);
  const heap = heapOf(backend).HEAP32;
  rows.taps.forEach((_, row) => (heap[places.runs / 4 + row] = 4 * row * padding.paddedWidth * outChannels));
  fillTable(heap, info, rows, columns, padding, places);
  multiplyMatrices(backend, {
    table: places.table,
    rows: pixels,
    stride: 4,
    runs: places.runs,
    runCount: rows.taps.length,
    runLength: columns.taps.length * outChannels,
    panels: places.right,
    panelCount: panelCount(inChannels),
    shouldAdd: false,
  });
}

/** Packs the taps of a phase in reverse order, with the channel axes swapped. */
function packTaps(
  backend: BackendWasm,
  info: ConvolutionInfo,
  rows: Phase,
  columns: Phase,
  { filter, right }: Places,
): void {
  const { filterWidth, inChannels, outChannels } = info;
  const taps = rows.taps
    .toReversed()
    .flatMap((row) => columns.taps.toReversed().map((column) => row * filterWidth + column));
  const matrix = { rows: outChannels, columns: inChannels, stride: outChannels, isTransposed: true };
  taps.forEach((tap, index) => {
    const start = filter / 4 + tap * inChannels * outChannels;
    pack(backend, { ...matrix, start }, right, taps.length * outChannels, index * outChannels);
  });
}

function fillTable(
  heap: Int32Array,
  info: ConvolutionInfo,
  rows: Phase,
  columns: Phase,
  padding: Padding,
  { image, table, result }: Places,
) {
  const { batchSize, inHeight, inWidth, inChannels, outChannels, strideHeight, strideWidth } = info;
  const outStride = 32 * panelCount(inChannels);
  const top = padding.top + rows.firstOutput - (rows.taps.length - 1);
  const left = padding.left + columns.firstOutput - (columns.taps.length - 1);
  let place = table / 4;
  for (let batch = 0; batch < batchSize; batch++) {
    for (let row = 0; row < rows.count; row++) {
      let start = image + 4 * ((batch * padding.paddedHeight + top + row) * padding.paddedWidth + left) * outChannels;
      let product =
        result + ((batch * inHeight + rows.first + row * strideHeight) * inWidth + columns.first) * outStride;
      for (let column = 0; column < columns.count; column++) {
        heap[place++] = start;
        heap[place++] = product;
        start += 4 * outChannels;
        product += strideWidth * outStride;
      }
    }
  }
}
