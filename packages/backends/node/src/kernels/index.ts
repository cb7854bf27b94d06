import * as tf from '@tensorflow/tfjs-core';
import type { TensorflowBackend } from '../binding/types.js';
import { adamKernels } from './adam-update.js';
import { convolutionKernels } from './convolutions.js';
import { elementwiseKernels } from './elementwise.js';
import { clipGrad, reluGrad } from './gates.js';
import { extensionOf } from './kernel.js';
import { poolingKernels } from './pooling.js';
import { batchMatMul } from './products.js';
import { expandDims, reshape } from './shapes.js';

const kernels: readonly tf.KernelConfig[] = [
  batchMatMul,
  clipGrad,
  expandDims,
  reluGrad,
  reshape,
  ...convolutionKernels,
  ...elementwiseKernels,
  ...poolingKernels,
];

/** Registers the kernels of this package with TensorFlow.js, in the place of its own where it has them. Calling it again is harmless. */
export function completeKernels(): void {
  const hasExtension = extensionOf(tf.backend() as unknown as TensorflowBackend) !== undefined;
  for (const kernel of hasExtension ? [...kernels, ...adamKernels] : kernels) {
    const registered = tf.getKernel(kernel.kernelName, 'tensorflow') as tf.KernelConfig | undefined;
    if (registered === kernel) continue;
    if (registered !== undefined) tf.unregisterKernel(kernel.kernelName, 'tensorflow');
    tf.registerKernel(kernel);
  }
}
