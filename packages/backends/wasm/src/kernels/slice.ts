import * as tf from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { callKernel, type TensorInfo, wasmKernel } from './kernel.js';

/** A part of a tensor, copied run by run; TensorFlow.js's kernel copies the whole tensor first. */
export const slice = wasmKernel<{ readonly x: TensorInfo }, { readonly begin: number[]; readonly size: number[] }>(
  'Slice',
  ({ inputs: { x }, attributes, backend }) => {
    const parsed = tf.slice_util.parseSliceParams(x as tf.Tensor, attributes.begin, attributes.size);
    const [begin, size] = parsed as [number[], number[]];
    tf.slice_util.assertParamsValid(x as tf.Tensor, begin, size);
    const out = backend.makeOutput(size, x.dtype);
    if (x.dtype === 'string') copyStrings(backend, x, out, begin);
    else copyRuns(backend, x, out, begin);
    return out;
  },
);

/** The parts of a tensor along an axis. */
export const split = wasmKernel<
  { readonly x: TensorInfo },
  { readonly numOrSizeSplits: number | number[]; readonly axis: number }
>('SplitV', ({ inputs: { x }, attributes: { numOrSizeSplits, axis }, backend }) => {
  const along = tf.util.parseAxisParam(axis, x.shape)[0] as number;
  const begin = x.shape.map(() => 0);
  return tf.backend_util.prepareSplitSize(x as tf.Tensor, numOrSizeSplits, along).map((length) => {
    const size = x.shape.map((whole, other) => (other === along ? length : whole));
    const part = callKernel(backend, 'Slice', { x }, { begin: [...begin], size });
    begin[along] = (begin[along] as number) + length;
    return part;
  });
});

function copyRuns(backend: BackendWasm, x: TensorInfo, out: TensorInfo, begin: readonly number[]): void {
  const source = backend.typedArrayFromHeap(x);
  const target = backend.typedArrayFromHeap(out);
  const strides = [...tf.util.computeStrides(x.shape), 1];
  const last = lastCutAxis(x.shape, out.shape);
  const run = tf.util.sizeFromShape(out.shape.slice(last));
  const copy = (axis: number, from: number, to: number) => {
    if (axis >= last) return target.set(source.subarray(from, from + run), to);
    const step = tf.util.sizeFromShape(out.shape.slice(axis + 1));
    for (let index = 0; index < (out.shape[axis] as number); index++)
      copy(axis + 1, from + index * (strides[axis] as number), to + index * step);
  };
  const first = begin.reduce((sum, start, axis) => sum + start * (strides[axis] as number), 0);
  if (target.length > 0) copy(0, first, 0);
}

/** The last axis along which something is cut off: from there on runs are contiguous. */
function lastCutAxis(whole: readonly number[], part: readonly number[]): number {
  return Math.max(0, ...whole.map((length, axis) => (length === part[axis] ? 0 : axis)));
}

function copyStrings(backend: BackendWasm, x: TensorInfo, out: TensorInfo, begin: readonly number[]): void {
  const strings = tf.buffer(x.shape, 'string', backend.readSync(x.dataId) as unknown as string[]);
  const taken = tf.buffer(out.shape, 'string');
  for (let index = 0; index < taken.size; index++) {
    const place = taken.indexToLoc(index);
    taken.set(strings.get(...place.map((offset, axis) => offset + (begin[axis] as number))) as string, ...place);
  }
  const data = backend.dataIdMap.get(out.dataId);
  data.stringBytes = taken.values as unknown as Uint8Array[];
}
