import type { DataType } from '@tensorflow/tfjs-core';
import { type Mending, type TensorInfo } from './kernel.js';
import { runElementwise } from './program.js';

/**
 * Converts numbers: TensorFlow.js's kernel only relabels integers as float32, and programs that copy numbers (transposes, say) are then
 * written for the wrong type and do not compile.
 */
export const completeCast: Mending = (stock) => (call) => {
  const { inputs, attributes, backend } = call;
  const x = inputs['x'] as TensorInfo;
  const { dtype } = attributes as { readonly dtype: DataType };
  const widens = (x.dtype === 'bool' && dtype === 'int32') || (isInteger(x.dtype) && dtype === 'float32');
  if (!widens) return stock(call);
  const { values } = backend.tensorMap.get(x.dataId);
  if (values) {
    const numbers = values as Int32Array | Uint8Array;
    return backend.makeTensorInfo(
      x.shape,
      dtype,
      dtype === 'int32' ? Int32Array.from(numbers) : Float32Array.from(numbers),
    );
  }
  return dtype === 'int32'
    ? runElementwise(backend, { name: 'CastToInteger', inputs: ['X'], outputType: 'int32', expression: 'i32(x)' }, [x])
    : runElementwise(backend, { name: 'CastToFloat', inputs: ['X'], expression: 'x' }, [x]);
};

function isInteger(dtype: DataType): boolean {
  return dtype === 'int32' || dtype === 'bool';
}
