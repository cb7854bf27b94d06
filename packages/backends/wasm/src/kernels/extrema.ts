import type { KernelConfig } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { addressOf } from '../heap.js';
import { vectorFunctions, type VectorFunctions } from '../simd/instance.js';
import { sizeOf, type TensorInfo } from './kernel.js';

/** The larger or smaller of two float32 tensors of one shape by vectors; what else there is, TensorFlow.js's kernel does. */
function completeExtremum(name: 'larger' | 'smaller'): (stock: KernelConfig) => KernelConfig {
  return (stock) => ({
    ...stock,
    kernelFunc: (call) => {
      const { a, b } = call.inputs as { a: TensorInfo; b: TensorInfo };
      const isAlike = a.shape.length === b.shape.length && a.shape.every((length, axis) => length === b.shape[axis]);
      if (!isAlike || a.dtype !== 'float32' || b.dtype !== 'float32') return stock.kernelFunc(call);
      const backend = call.backend as BackendWasm;
      const out = backend.makeOutput(a.shape, 'float32');
      const compute: VectorFunctions['larger'] = vectorFunctions(backend)[name];
      compute(addressOf(backend, a), addressOf(backend, b), addressOf(backend, out), sizeOf(a));
      return out;
    },
  });
}

/** See {@link completeExtremum}. */
export const completeMaximum = completeExtremum('larger');

/** See {@link completeExtremum}. */
export const completeMinimum = completeExtremum('smaller');
