import * as tf from '@tensorflow/tfjs-core';
import { batchMatMul } from './batch-mat-mul.js';
import { conv2D } from './conv2d.js';
import { completeMaximum, completeMinimum } from './extrema.js';
import { identity } from './identity.js';
import { conv2DBackpropInput } from './conv2d-backprop-input.js';
import { conv2DBackpropFilter } from './conv2d-backprop-filter.js';
import { depthwiseBackpropFilter, depthwiseBackpropInput } from './depthwise-backprop.js';
import { completeDepthwise } from './depthwise.js';
import { einsum } from './einsum.js';
import { reluGrad, clipGrad } from './gates.js';
import { adamUpdate } from './adam-update.js';
import { oneHot } from './one-hot.js';
import { avgPoolGrad, maxPoolGather, maxPoolGrad, maxPoolWithArgmax } from './pooling.js';
import { completeReduction } from './reductions.js';
import { refusedKernels } from './refused.js';
import { completeSelect } from './select.js';
import { slice, split } from './slice.js';
import { expandOperands, tile } from './tile.js';
import { unsortedSegmentSum } from './unsorted-segment-sum.js';

const kernels: readonly tf.KernelConfig[] = [
  adamUpdate,
  avgPoolGrad,
  batchMatMul,
  clipGrad,
  conv2D,
  identity,
  conv2DBackpropFilter,
  conv2DBackpropInput,
  depthwiseBackpropFilter,
  depthwiseBackpropInput,
  einsum,
  maxPoolGather,
  maxPoolGrad,
  maxPoolWithArgmax,
  oneHot,
  reluGrad,
  slice,
  split,
  tile,
  unsortedSegmentSum,
  ...refusedKernels,
];

/** Kernels that leave part of their work to TensorFlow.js's. */
const wrapped: Readonly<Record<string, (stock: tf.KernelConfig) => tf.KernelConfig>> = {
  DepthwiseConv2dNative: completeDepthwise,
  Equal: expandOperands,
  Greater: expandOperands,
  GreaterEqual: expandOperands,
  Less: expandOperands,
  LessEqual: expandOperands,
  LogicalAnd: expandOperands,
  LogicalOr: expandOperands,
  Maximum: (stock) => expandOperands(completeMaximum(stock)),
  Mean: completeReduction,
  Minimum: (stock) => expandOperands(completeMinimum(stock)),
  NotEqual: expandOperands,
  Pow: expandOperands,
  Select: completeSelect,
  Sum: completeReduction,
};

const replacements = new WeakSet<tf.KernelConfig>(kernels);

/** Registers the kernels of this package with TensorFlow.js, in the place of its own where it has them. Calling it again is harmless. */
export function completeKernels(): void {
  for (const kernel of kernels) replace(kernel);
  for (const [kernelName, wrap] of Object.entries(wrapped)) {
    const stock = tf.getKernel(kernelName, 'wasm');
    if (!replacements.has(stock)) replace(wrap(stock));
  }
}

function replace(kernel: tf.KernelConfig): void {
  const registered = tf.getKernel(kernel.kernelName, 'wasm') as tf.KernelConfig | undefined;
  if (registered === kernel) return;
  if (registered !== undefined) tf.unregisterKernel(kernel.kernelName, 'wasm');
  tf.registerKernel(kernel);
  replacements.add(kernel);
}
