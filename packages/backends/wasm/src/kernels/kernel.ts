import * as tf from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

/** A tensor as kernels see it: the name of its data, its shape and type. */
export type TensorInfo = tf.TensorInfo;

/** What a kernel is called with. */
export interface KernelCall<Inputs, Attributes> {
  readonly inputs: Inputs;
  readonly attributes: Attributes;
  readonly backend: BackendWasm;
}

/** Describes a kernel of the backend `wasm`. */
export function wasmKernel<Inputs = Record<string, TensorInfo>, Attributes = object>(
  kernelName: string,
  compute: (call: KernelCall<Inputs, Attributes>) => TensorInfo | TensorInfo[],
): tf.KernelConfig {
  return {
    kernelName,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) =>
      compute({ inputs: inputs as Inputs, attributes: attrs as Attributes, backend: backend as BackendWasm }),
  };
}

/** Runs another kernel of the backend on bare tensor infos: nothing is recorded or tracked, the caller frees the result. */
export function callKernel(
  backend: BackendWasm,
  kernelName: string,
  inputs: Record<string, TensorInfo>,
  attributes: object = {},
): TensorInfo {
  const { kernelFunc } = tf.getKernel(kernelName, 'wasm');
  return kernelFunc({ inputs, attrs: attributes as tf.NamedAttrMap, backend }) as TensorInfo;
}

/** The values of a float32 tensor in the backend's memory; invalid as soon as the backend allocates. */
export function floats(backend: BackendWasm, info: TensorInfo): Float32Array {
  return backend.typedArrayFromHeap(info) as Float32Array;
}

/** The values of an int32 tensor, likewise. */
export function integers(backend: BackendWasm, info: TensorInfo): Int32Array {
  return backend.typedArrayFromHeap(info) as Int32Array;
}

/** Frees a tensor that a kernel made for itself. */
export function free(backend: BackendWasm, info: TensorInfo): void {
  backend.disposeData(info.dataId);
}

/** How many numbers a tensor has. */
export function sizeOf({ shape }: TensorInfo): number {
  return shape.reduce((product, length) => product * length, 1);
}
