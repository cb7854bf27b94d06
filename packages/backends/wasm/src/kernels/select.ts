import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type * as tf from '@tensorflow/tfjs-core';
import { sizeOf, type TensorInfo } from './kernel.js';

/**
 * Chooses between two tensors of booleans by itself: TensorFlow.js writes four bytes for each, which take one, and thereby into other
 * tensors' memory.
 */
export function completeSelect(stock: tf.KernelConfig): tf.KernelConfig {
  return {
    ...stock,
    kernelFunc: (call) => {
      const { condition, t, e } = call.inputs as { condition: TensorInfo; t: TensorInfo; e: TensorInfo };
      if (t.dtype !== 'bool' || e.dtype !== 'bool') return stock.kernelFunc(call);
      const backend = call.backend as BackendWasm;
      const out = backend.makeOutput(t.shape, 'bool');
      const [chosen, ifTrue, ifFalse, target] = [condition, t, e, out].map((one) =>
        backend.typedArrayFromHeap(one),
      ) as [Values, Values, Values, Values];
      const size = sizeOf(t);
      const each = size / Math.max(1, sizeOf(condition));
      for (let index = 0; index < size; index++) {
        target[index] = (chosen[Math.floor(index / each)] ? ifTrue[index] : ifFalse[index]) as number;
      }
      return out;
    },
  };
}

type Values = ReturnType<BackendWasm['typedArrayFromHeap']>;
