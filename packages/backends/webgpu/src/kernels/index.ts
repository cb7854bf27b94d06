import * as tf from '@tensorflow/tfjs-core';

const kernels: readonly tf.KernelConfig[] = [];

/** Registers the kernels of this package with TensorFlow.js, in the place of its own where it has them. Calling it again is harmless. */
export function completeKernels(): void {
  for (const kernel of kernels) {
    const registered = tf.getKernel(kernel.kernelName, 'webgpu') as tf.KernelConfig | undefined;
    if (registered === kernel) continue;
    if (registered !== undefined) tf.unregisterKernel(kernel.kernelName, 'webgpu');
    tf.registerKernel(kernel);
  }
}
