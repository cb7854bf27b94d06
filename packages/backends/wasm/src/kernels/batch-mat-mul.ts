import { UnsupportedError } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { compact } from '../products/padding.js';
import { pack, panelCount } from '../products/panels.js';
import { multiplyMatrices } from '../products/product.js';
import { addressOf, heapOf, withScratch } from '../heap.js';
import { type TensorInfo, wasmKernel } from './kernel.js';

/** Products of matrices, either of which may be given transposed, at one speed; batch axes broadcast. */
export const batchMatMul = wasmKernel<
  { readonly a: TensorInfo; readonly b: TensorInfo },
  { readonly transposeA: boolean; readonly transposeB: boolean }
>('BatchMatMul', ({ inputs: { a, b }, attributes: { transposeA, transposeB }, backend }) => {
  if (a.dtype !== 'float32' || b.dtype !== 'float32')
    throw new UnsupportedError(`a product of matrices of dtype ${a.dtype} and ${b.dtype}`, 'float32', 'backend "wasm"');
  const [rows, depth] = lastTwo(a.shape, transposeA);
  const [, columns] = lastTwo(b.shape, transposeB);
  const batchShape = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const out = backend.makeOutput([...batchShape, rows, columns], 'float32');
  const size = { rows, depth, columns, transposeA, transposeB };
  const [left, right] = [a, b].map((operand) => batchOffsets(operand.shape.slice(0, -2), batchShape));
  withScratch(backend, ({ allocate }) => {
    const panels = panelCount(columns);
    const work = {
      right: allocate(depth * 8 * panels),
      table: allocate(2 * rows),
      runs: allocate(1),
      padded: allocate(rows * 8 * panels),
    };
    const [aStart, bStart, outStart] = [a, b, out].map((info) => addressOf(backend, info)) as [number, number, number];
    left?.forEach((index, batch) => {
      const aMatrix = aStart + 4 * index * rows * depth;
      const bMatrix = bStart + 4 * (right?.[batch] as number) * depth * columns;
      multiplyOne(backend, size, work, aMatrix, bMatrix, outStart + 4 * batch * rows * columns);
    });
  });
  return out;
});

function lastTwo(shape: readonly number[], isTransposed: boolean): [number, number] {
  const [rows, columns] = shape.slice(-2) as [number, number];
  return isTransposed ? [columns, rows] : [rows, columns];
}

/** For each matrix of the broadcast batch, the number of the operand's matrix. */
function batchOffsets(shape: readonly number[], batchShape: readonly number[]): number[] {
  let offsets = [0];
  let known = 1;
  batchShape.forEach((length, axis) => {
    const own = shape[axis - (batchShape.length - shape.length)] ?? 1;
    offsets = offsets.flatMap((offset) => Array.from({ length }, (_, index) => offset * own + (own === 1 ? 0 : index)));
    known *= length;
  });
  return offsets.slice(0, known);
}

interface Size {
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** Addresses of scratch memory. */
interface Work {
  readonly right: number;
  readonly table: number;
  readonly runs: number;
  readonly padded: number;
}

function multiplyOne(backend: BackendWasm, size: Size, work: Work, a: number, b: number, out: number): void {
  const { rows, depth, columns, transposeA, transposeB } = size;
  const panels = panelCount(columns);
  const isWhole = columns === 8 * panels;
  const result = isWhole ? out : work.padded;
  const stride = transposeB ? depth : columns;
  pack(backend, { start: b / 4, rows: depth, columns, stride, isTransposed: transposeB }, work.right);
  const heap = heapOf(backend).HEAP32;
  heap[work.runs / 4] = 0;
  const rowStride = transposeA ? 4 : 4 * depth;
  for (let row = 0; row < rows; row++) {
    heap[work.table / 4 + 2 * row] = a + row * rowStride;
    heap[work.table / 4 + 2 * row + 1] = result + row * 32 * panels;
  }
  multiplyMatrices(backend, {
    table: work.table,
    rows,
    stride: transposeA ? 4 * rows : 4,
    runs: work.runs,
    runCount: 1,
    runLength: depth,
    panels: work.right,
    panelCount: panels,
    shouldAdd: false,
  });
  if (!isWhole) compact(backend, result, out, rows, columns, 8 * panels);
}
