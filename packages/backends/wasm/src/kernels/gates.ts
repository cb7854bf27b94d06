import { optionalKernels } from '@equipoise/autodiff';
import { floats, type TensorInfo, wasmKernel } from './kernel.js';

interface GateInputs {
  readonly dy: TensorInfo;
  readonly x: TensorInfo;
}

/** `dy` where x > 0, else 0. */
export const reluGrad = wasmKernel<GateInputs>(optionalKernels.reluGrad, ({ inputs: { dy, x }, backend }) => {
  const out = backend.makeOutput(dy.shape, 'float32');
  const result = floats(backend, out);
  const values = floats(backend, x);
  const gradient = floats(backend, dy);
  for (let index = 0; index < result.length; index++)
    result[index] = (values[index] as number) > 0 ? (gradient[index] as number) : 0;
  return out;
});

/** `dy` where low <= x <= high, else 0. */
export const clipGrad = wasmKernel<GateInputs, { readonly low: number; readonly high: number }>(
  optionalKernels.clipGrad,
  ({ inputs: { dy, x }, attributes: { low, high }, backend }) => {
    const out = backend.makeOutput(dy.shape, 'float32');
    const result = floats(backend, out);
    const values = floats(backend, x);
    const gradient = floats(backend, dy);
    for (let index = 0; index < result.length; index++) {
      const value = values[index] as number;
      result[index] = value >= low && value <= high ? (gradient[index] as number) : 0;
    }
    return out;
  },
);
