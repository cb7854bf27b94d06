import * as tf from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { free, type TensorInfo, wasmKernel } from './kernel.js';

type Values = ReturnType<BackendWasm['typedArrayFromHeap']>;

/** A tensor repeated along its axes, by copies of runs that double in length. */
export const tile = wasmKernel<{ readonly x: TensorInfo }, { readonly reps: number[] }>(
  'Tile',
  ({ inputs: { x }, attributes: { reps }, backend }) => {
    const out = backend.makeOutput(
      x.shape.map((length, axis) => length * (reps[axis] as number)),
      x.dtype,
    );
    const [source, target] = [backend.typedArrayFromHeap(x), backend.typedArrayFromHeap(out)];
    if (target.length > 0) fillTiles(source, target, x.shape, reps);
    return out;
  },
);

/**
 * Gives a kernel of two inputs operands of one shape where they would be broadcast: TensorFlow.js's own broadcasting takes up to
 * 100 ns a number.
 */
export function expandOperands(stock: tf.KernelConfig): tf.KernelConfig {
  return {
    ...stock,
    kernelFunc: (call) => {
      const backend = call.backend as BackendWasm;
      const { a, b } = call.inputs as { a: TensorInfo; b: TensorInfo };
      const shape = tf.broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);
      const operands = [a, b].map((operand) => expand(backend, operand, shape)) as [TensorInfo, TensorInfo];
      const result = stock.kernelFunc({ ...call, inputs: { a: operands[0], b: operands[1] } });
      for (const operand of operands) if (operand !== a && operand !== b) free(backend, operand);
      return result;
    },
  };
}

/** A copy of a tensor in a larger shape; the tensor itself if it is a single number or has the shape already. */
function expand(backend: BackendWasm, x: TensorInfo, shape: number[]): TensorInfo {
  const size = tf.util.sizeFromShape(x.shape);
  if (size === 1 || size === tf.util.sizeFromShape(shape)) return x;
  const own = [...new Array<number>(shape.length - x.shape.length).fill(1), ...x.shape];
  const out = backend.makeOutput(shape, x.dtype);
  const reps = shape.map((length, axis) => length / (own[axis] as number));
  fillTiles(backend.typedArrayFromHeap(x), backend.typedArrayFromHeap(out), own, reps);
  return out;
}

/** Writes a tensor repeated along its axes. */
function fillTiles(source: Values, target: Values, shape: readonly number[], reps: readonly number[]): void {
  const fill = (axis: number, from: number, to: number): void => {
    const inner = tf.util.sizeFromShape(shape.slice(axis + 1));
    const step = inner * tf.util.sizeFromShape(reps.slice(axis + 1));
    const length = shape[axis] as number;
    if (step === inner) target.set(source.subarray(from, from + length * inner), to);
    else for (let index = 0; index < length; index++) fill(axis + 1, from + index * inner, to + index * step);
    repeat(target, to, length * step, reps[axis] as number);
  };
  if (shape.length === 0) target.set(source);
  else fill(0, 0, 0);
}

/** Repeats the run of `length` numbers at `start` so that it is there `times` times. */
function repeat(values: Values, start: number, length: number, times: number): void {
  if (length === 1 && times > 1) {
    values.fill(values[start] as number, start, start + times);
    return;
  }
  const end = start + length * times;
  for (let done = length; start + done < end; done *= 2)
    values.copyWithin(start + done, start, Math.min(start + done, end - done));
}
