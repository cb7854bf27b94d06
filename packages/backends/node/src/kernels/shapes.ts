import * as tf from '@tensorflow/tfjs-core';
import { execute, nodeKernel, type KernelCall, type TensorInfo } from './kernel.js';

type Call = KernelCall<{ readonly x: TensorInfo }, { readonly shape: number[] }>;

/**
 * The same numbers in another shape. Where the shape is the same the data are shared, which TensorFlow.js's kernel does not; it also
 * tracks its result twice when it is called by its kernel.
 */
export const reshape = nodeKernel<Call['inputs'], Call['attributes']>(
  'Reshape',
  ({ inputs: { x }, attributes, backend }) => {
    const shape = tf.util.inferFromImplicitShape(attributes.shape, tf.util.sizeFromShape(x.shape));
    return withShape(backend, x, shape);
  },
);

/** A further axis of length 1. */
export const expandDims = nodeKernel<{ readonly input: TensorInfo }, { readonly dim: number }>(
  'ExpandDims',
  ({ inputs: { input }, attributes: { dim }, backend }) => {
    const shape = [...input.shape];
    shape.splice(dim < 0 ? input.shape.length + dim + 1 : dim, 0, 1);
    return withShape(backend, input, shape);
  },
);

function withShape(backend: Call['backend'], x: TensorInfo, shape: number[]): TensorInfo {
  if (!tf.util.arraysEqual([...x.shape], shape) || x.dtype === 'string' || x.dtype === 'complex64')
    return execute(backend, 'Reshape', [x, shape]);
  backend.incRef(x.dataId);
  return { dataId: x.dataId, shape, dtype: x.dtype };
}
