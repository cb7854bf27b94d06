import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { heapOf } from '../heap.js';

/** A batch of NHWC images and where they go in larger ones. */
export interface Padding {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly top: number;
  readonly left: number;
  readonly paddedHeight: number;
  readonly paddedWidth: number;
}

/** How many numbers the padded images have. */
export function paddedSize({ batch, paddedHeight, paddedWidth, channels }: Padding): number {
  return batch * paddedHeight * paddedWidth * channels;
}

/** Whether the images are already as large as the padded ones. */
export function isUnpadded({ height, width, top, left, paddedHeight, paddedWidth }: Padding): boolean {
  return top === 0 && left === 0 && height === paddedHeight && width === paddedWidth;
}

/** Copies images into larger or smaller ones with zeros around; addresses in bytes. What lies outside is cut off. */
export function pad(backend: BackendWasm, source: number, target: number, padding: Padding): void {
  const { batch, height, width, channels, top, left, paddedHeight, paddedWidth } = padding;
  const heap = heapOf(backend).HEAPU8;
  heap.fill(0, target, target + 4 * paddedSize(padding));
  const columns = Math.min(width, paddedWidth - left);
  const lastRow = Math.min(height, paddedHeight - top);
  if (columns <= 0) return;
  for (let image = 0; image < batch; image++) {
    for (let row = 0; row < lastRow; row++) {
      const from = source + 4 * (image * height + row) * width * channels;
      const to = target + 4 * ((image * paddedHeight + top + row) * paddedWidth + left) * channels;
      heap.copyWithin(to, from, from + 4 * columns * channels);
    }
  }
}

/** Drops the columns that fill rows up: `columns` of every `stride` numbers are kept; addresses in bytes. */
export function compact(
  backend: BackendWasm,
  source: number,
  target: number,
  rows: number,
  columns: number,
  stride: number,
): void {
  const heap = heapOf(backend).HEAPF32;
  const from = source / 4;
  const to = target / 4;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++)
      heap[to + row * columns + column] = heap[from + row * stride + column] as number;
  }
}
