import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { heapOf } from '../heap.js';
import { vectorFunctions } from '../simd/instance.js';
import { tileColumns } from '../simd/tile.js';

/** A matrix to be packed; addresses and strides in numbers of four bytes. */
export interface PackSource {
  /** Where it begins. */
  readonly start: number;
  readonly rows: number;
  readonly columns: number;
  /** From one row to the next; rows are contiguous unless `isTransposed`: then columns are, `stride` apart. */
  readonly stride: number;
  readonly isTransposed: boolean;
}

/** How many panels so many columns fill. */
export function panelCount(columns: number): number {
  return Math.ceil(columns / tileColumns);
}

/**
 * Packs a matrix into panels of eight columns, the last filled up with zeros.
 * @param panels address of the first panel, in bytes
 * @param panelRows rows that a panel has
 * @param firstRow the row of the panels at which the matrix goes
 */
export function pack(
  backend: BackendWasm,
  source: PackSource,
  panels: number,
  panelRows = source.rows,
  firstRow = 0,
): void {
  const functions = vectorFunctions(backend);
  const { start, rows, columns, stride, isTransposed } = source;
  const whole = Math.floor(columns / tileColumns);
  for (let panel = 0; panel < whole; panel++) {
    const target = panels + 4 * tileColumns * (panel * panelRows + firstRow);
    const first = panel * tileColumns;
    if (isTransposed) functions.packTransposed(4 * (start + first * stride), 4 * stride, rows, target);
    else functions.packPanel(4 * (start + first), 4 * stride, rows, target);
  }
  const target = panels / 4 + tileColumns * (whole * panelRows + firstRow);
  if (whole * tileColumns < columns) packRest(heapOf(backend).HEAPF32, source, whole * tileColumns, target);
}

function packRest(heap: Float32Array, source: PackSource, firstColumn: number, target: number): void {
  const { start, rows, columns, stride, isTransposed } = source;
  const [rowStep, columnStep] = isTransposed ? [1, stride] : [stride, 1];
  heap.fill(0, target, target + rows * tileColumns);
  for (let row = 0; row < rows; row++) {
    for (let column = firstColumn; column < columns; column++)
      heap[target + row * tileColumns + column - firstColumn] = heap[
        start + row * rowStep + column * columnStep
      ] as number;
  }
}
