import { integers, type TensorInfo, wasmKernel } from './kernel.js';

interface OneHotAttributes {
  readonly depth: number;
  readonly onValue: number;
  readonly offValue: number;
  readonly dtype: TensorInfo['dtype'];
}

/**
 * Rows with one value at the place of their index, another elsewhere. TensorFlow.js writes whole numbers, also where the result is of
 * another type: a 1 becomes 1.4e-45.
 */
export const oneHot = wasmKernel<{ readonly indices: TensorInfo }, OneHotAttributes>(
  'OneHot',
  ({ inputs: { indices }, attributes: { depth, onValue, offValue, dtype }, backend }) => {
    const out = backend.makeOutput([...indices.shape, depth], dtype);
    const values = backend.typedArrayFromHeap(out).fill(offValue);
    integers(backend, indices).forEach((index, row) => {
      if (index >= 0 && index < depth) values[row * depth + index] = onValue;
    });
    return out;
  },
);
