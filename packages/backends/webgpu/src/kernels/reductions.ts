import * as tf from '@tensorflow/tfjs-core';
import { type Mending, sizeOf, type TensorInfo } from './kernel.js';

/** What each reduction makes of no numbers, and the type that it gives; the type of its input where none is said. */
const ofNothing: Readonly<Record<string, readonly [value: number, dtype?: tf.DataType]>> = {
  All: [1, 'bool'],
  Any: [0, 'bool'],
  Max: [-Infinity],
  Mean: [NaN, 'float32'],
  Min: [Infinity],
  Prod: [1],
  Sum: [0],
};

interface ReductionAttributes {
  readonly axis?: number | number[];
  readonly reductionIndices?: number | number[];
  readonly keepDims?: boolean;
}

/** The same reduction for empty tensors too, where TensorFlow.js's divides by zero. */
function completeReduction(neutral: number, outputType: tf.DataType | undefined): Mending {
  return (stock) => (call) => {
    const { inputs, attributes, backend } = call;
    const x = inputs['x'] as TensorInfo;
    if (sizeOf(x.shape) > 0) return stock(call);
    const { axis, reductionIndices, keepDims } = attributes as ReductionAttributes;
    const reduced = tf.util.parseAxisParam(axis ?? reductionIndices ?? [], x.shape);
    const shape = x.shape.flatMap((length, index) => (reduced.includes(index) ? (keepDims ? [1] : []) : [length]));
    const dtype = outputType ?? (x.dtype === 'bool' ? 'int32' : x.dtype);
    const values = tf.util.getTypedArrayFromDType(dtype as 'float32', sizeOf(shape)).fill(neutral);
    return backend.makeTensorInfo(shape, dtype, values);
  };
}

/** How each reduction is completed. */
export const completeReductions: Readonly<Record<string, Mending>> = Object.fromEntries(
  Object.entries(ofNothing).map(([name, [value, dtype]]) => [name, completeReduction(value, dtype)]),
);
