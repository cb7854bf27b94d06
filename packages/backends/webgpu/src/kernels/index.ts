import * as tf from '@tensorflow/tfjs-core';
import { completeAddN } from './add-n.js';
import { completeCast } from './cast.js';
import { elementaryKernels } from './elementary.js';
import { clipGrad, reluGrad } from './gates.js';
import { mended, type Mending } from './kernel.js';
import { completePad } from './pad.js';
import { completePlaces } from './places.js';
import { maxPoolGather, maxPoolGrad, maxPoolWithArgmax } from './pooling.js';
import { completeReductions } from './reductions.js';
import { completeSelect } from './select.js';

const kernels: readonly tf.KernelConfig[] = [
  ...elementaryKernels,
  clipGrad,
  maxPoolGather,
  maxPoolGrad,
  maxPoolWithArgmax,
  reluGrad,
];

/** Kernels that leave most of their work to TensorFlow.js's. */
const mendings: Readonly<Record<string, Mending>> = {
  AddN: completeAddN,
  ArgMax: completePlaces,
  ArgMin: completePlaces,
  Cast: completeCast,
  PadV2: completePad,
  Select: completeSelect,
  ...completeReductions,
};

const replacements = new WeakSet<tf.KernelConfig>(kernels);

/** Registers the kernels of this package with TensorFlow.js, in the place of its own where it has them. Calling it again is harmless. */
export function completeKernels(): void {
  for (const kernel of kernels) replace(kernel);
  for (const [kernelName, mending] of Object.entries(mendings)) {
    const stock = tf.getKernel(kernelName, 'webgpu');
    if (!replacements.has(stock)) replace(mended(stock, mending));
  }
}

function replace(kernel: tf.KernelConfig): void {
  const registered = tf.getKernel(kernel.kernelName, 'webgpu') as tf.KernelConfig | undefined;
  if (registered === kernel) return;
  if (registered !== undefined) tf.unregisterKernel(kernel.kernelName, 'webgpu');
  tf.registerKernel(kernel);
  replacements.add(kernel);
}
