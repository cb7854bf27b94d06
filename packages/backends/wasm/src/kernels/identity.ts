import { type TensorInfo, wasmKernel } from './kernel.js';

/** The same data under another name, not a copy: TensorFlow.js clones every tensor that a gradient saves. */
export const identity = wasmKernel<{ readonly x: TensorInfo }>('Identity', ({ inputs: { x }, backend }) => {
  backend.incRef(x.dataId);
  return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
});
