import * as tf from '@tensorflow/tfjs-core';

/**
 * Kernels beyond TensorFlow.js's own that a backend may register (`tf.registerKernel`) to make gradients cheaper.
 * Where a backend lacks one, the gradient is composed of ordinary kernels.
 */
export const optionalKernels = {
  /** Inputs `dy`, `x` of one shape, no attributes: `dy` where `x > 0`, else 0. */
  reluGrad: 'EquipoiseReluGrad',
  /** Inputs `dy`, `x` of one shape, attributes `{ low, high }`: `dy` where `low <= x <= high`, else 0. */
  clipGrad: 'EquipoiseClipGrad',
  /** Inputs `x`, `u` (shape of `x`), attributes of `MaxPool`: `u` at the place of each window's first maximum of `x`. */
  maxPoolGather: 'EquipoiseMaxPoolGather',
  /** Inputs `x`, `dy` (shape of the pooled `x`), attributes of `MaxPool`: each entry of `dy` at the place of its window's first maximum of `x`. */
  maxPoolScatter: 'EquipoiseMaxPoolScatter',
} as const;

/** Whether the active backend has a kernel. */
export function hasKernel(kernelName: string): boolean {
  return tf.getKernel(kernelName, tf.getBackend()) !== undefined;
}

/** Runs a kernel of one output on the active backend, recorded on the tape. */
export function runKernel(kernelName: string, inputs: Record<string, tf.Tensor>, attributes: object = {}): tf.Tensor {
  return tf.engine().runKernel(kernelName, inputs as tf.NamedTensorMap, attributes as tf.NamedAttrMap) as tf.Tensor;
}
