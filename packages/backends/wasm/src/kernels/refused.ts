import { UnsupportedError } from '@equipoise/spec';
import type { KernelConfig } from '@tensorflow/tfjs-core';
import { wasmKernel } from './kernel.js';

/** A kernel that says that there is none, in the place of one that is wrong. */
function refused(kernelName: string, operation: string): KernelConfig {
  return wasmKernel(kernelName, () => {
    throw new UnsupportedError(operation, `the kernel ${kernelName}`, 'backend "wasm" (backend "cpu" has it)');
  });
}

/**
 * Kernels whose results in TensorFlow.js 4.22's WebAssembly backend differ from those of its `cpu` backend: the gradient of a volume convolution in
 * its input, and the largest values in a volume (wrong where a window has no positive value).
 */
export const refusedKernels: readonly KernelConfig[] = [
  refused('Conv3DBackpropInputV2', 'the gradient of a volume convolution'),
  refused('MaxPool3D', 'pooling of volumes'),
  refused('MaxPool3DGrad', 'the gradient of pooling of volumes'),
];
