import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type * as tf from '@tensorflow/tfjs-core';

/** A tensor as kernels see it: the name of its data, its shape and type. */
export type TensorInfo = tf.TensorInfo;

/** What a kernel is called with. */
export interface KernelCall<Inputs, Attributes> {
  readonly inputs: Inputs;
  readonly attributes: Attributes;
  readonly backend: WebGPUBackend;
}

/** Describes a kernel of the backend `webgpu`. */
export function webgpuKernel<Inputs = Record<string, TensorInfo>, Attributes = object>(
  kernelName: string,
  compute: (call: KernelCall<Inputs, Attributes>) => TensorInfo | TensorInfo[],
): tf.KernelConfig {
  return {
    kernelName,
    backendName: 'webgpu',
    kernelFunc: ({ inputs, attrs, backend }) =>
      compute({ inputs: inputs as Inputs, attributes: attrs as Attributes, backend: backend as WebGPUBackend }),
  };
}

/** A kernel of TensorFlow.js's with bare inputs and attributes. */
export type StockKernel = (call: KernelCall<Record<string, TensorInfo>, object>) => TensorInfo;

/** A kernel that is made from TensorFlow.js's own. */
export type Mending = (stock: StockKernel) => StockKernel;

/** Replaces what a kernel computes. */
export function mended(kernel: tf.KernelConfig, mending: Mending): tf.KernelConfig {
  const stock: StockKernel = ({ inputs, attributes, backend }) =>
    kernel.kernelFunc({ inputs, attrs: attributes as tf.NamedAttrMap, backend }) as TensorInfo;
  return webgpuKernel(kernel.kernelName, mending(stock));
}

/** The same data in another shape; the caller frees it. */
export function reshaped(backend: WebGPUBackend, info: TensorInfo, shape: readonly number[]): TensorInfo {
  backend.incRef(info.dataId);
  return { dataId: info.dataId, dtype: info.dtype, shape: [...shape] };
}

/** Frees a tensor that a kernel made for itself. */
export function free(backend: WebGPUBackend, info: TensorInfo): void {
  backend.disposeData(info.dataId);
}

/** How many numbers a tensor of this shape has. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
