import { optionalKernels } from '@equipoise/autodiff';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { addressOf } from '../heap.js';
import { vectorFunctions } from '../simd/instance.js';
import { sizeOf, type TensorInfo, wasmKernel } from './kernel.js';

interface GateInputs {
  readonly dy: TensorInfo;
  readonly x: TensorInfo;
}

/** The smallest float32 above zero: x >= this means x > 0. */
const aboveZero = 2 ** -149;

/** `dy` where x > 0, else 0. */
export const reluGrad = wasmKernel<GateInputs>(optionalKernels.reluGrad, ({ inputs, backend }) =>
  gateByRange(backend, inputs, aboveZero, Infinity),
);

/** `dy` where low <= x <= high, else 0. */
export const clipGrad = wasmKernel<GateInputs, { readonly low: number; readonly high: number }>(
  optionalKernels.clipGrad,
  ({ inputs, attributes: { low, high }, backend }) => gateByRange(backend, inputs, low, high),
);

function gateByRange(backend: BackendWasm, { dy, x }: GateInputs, low: number, high: number): TensorInfo {
  const out = backend.makeOutput(dy.shape, 'float32');
  const { gate } = vectorFunctions(backend);
  gate(addressOf(backend, dy), addressOf(backend, x), addressOf(backend, out), sizeOf(dy), low, high);
  return out;
}
