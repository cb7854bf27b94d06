import * as tf from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { addressOf } from '../heap.js';
import { vectorFunctions } from '../simd/instance.js';
import { floats, sizeOf, type TensorInfo } from './kernel.js';

interface ReductionAttributes {
  readonly axis: number | number[];
  readonly keepDims: boolean;
}

/** Numbers that are added up at a time: so many stay in the cache while their columns are walked down. */
const blockSize = 4096;

/**
 * Sums and means over leading axes (a batch, or all but the channels) as sums of columns: TensorFlow.js's kernels transpose first. Sums over other
 * axes are left to them.
 * @param stock TensorFlow.js's kernel, `Sum` or `Mean`
 */
export function completeReduction(stock: tf.KernelConfig): tf.KernelConfig {
  return {
    ...stock,
    kernelFunc: (call) => {
      const { x } = call.inputs as { x: TensorInfo };
      const { axis, keepDims } = call.attrs as unknown as ReductionAttributes;
      const axes = tf.util.parseAxisParam(axis, x.shape);
      const isLeading = axes.length < x.shape.length && axes.every((one) => one < axes.length);
      if (x.dtype !== 'float32' || !isLeading || axes.length === 0 || sizeOf(x) === 0) return stock.kernelFunc(call);
      const kept = x.shape.slice(axes.length);
      const out = (call.backend as BackendWasm).makeOutput(kept, 'float32');
      const rows = tf.util.sizeFromShape(x.shape.slice(0, axes.length));
      sumColumns(call.backend as BackendWasm, x, out, rows);
      if (stock.kernelName === 'Mean') scale(floats(call.backend as BackendWasm, out), 1 / rows);
      return { ...out, shape: keepDims ? [...axes.map(() => 1), ...kept] : kept };
    },
  };
}

/** Adds up block by block, so that rounding errors grow with the number of blocks and not of rows. */
function sumColumns(backend: BackendWasm, x: TensorInfo, out: TensorInfo, rows: number): void {
  const { addColumns } = vectorFunctions(backend);
  const columns = sizeOf(out);
  const blockRows = Math.max(16, Math.floor(blockSize / columns));
  floats(backend, out).fill(0);
  for (let row = 0; row < rows; row += blockRows) {
    const source = addressOf(backend, x) + 4 * row * columns;
    addColumns(source, Math.min(blockRows, rows - row), columns, addressOf(backend, out));
  }
}

function scale(values: Float32Array, factor: number): void {
  for (let index = 0; index < values.length; index++) values[index] = (values[index] as number) * factor;
}
