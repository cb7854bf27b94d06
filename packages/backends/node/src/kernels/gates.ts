import { optionalKernels } from '@equipoise/autodiff';
import { execute, extend, extensionOf, free, nodeKernel, type TensorInfo } from './kernel.js';

interface GateInputs {
  readonly dy: TensorInfo;
  readonly x: TensorInfo;
}

/** `dy` where x > 0, else 0. */
export const reluGrad = nodeKernel<GateInputs>(optionalKernels.reluGrad, ({ inputs: { dy, x }, backend }) => {
  const extension = extensionOf(backend);
  if (extension === undefined) return execute(backend, 'ReluGrad', [dy, x]);
  return extend(backend, [dy, x], x.shape, (...ids) => extension.gateAbove(ids[0]!, ids[1]!));
});

/** `dy` where low <= x <= high, else 0. */
export const clipGrad = nodeKernel<GateInputs, { readonly low: number; readonly high: number }>(
  optionalKernels.clipGrad,
  ({ inputs: { dy, x }, attributes: { low, high }, backend }) => {
    const extension = extensionOf(backend);
    if (extension !== undefined)
      return extend(backend, [dy, x], x.shape, (...ids) => extension.gate(ids[0]!, ids[1]!, low, high));
    const clipped = execute(backend, 'ClipByValue', [x, { float: low }, { float: high }]);
    const inside = execute(backend, 'Equal', [x, clipped]);
    const zeros = execute(backend, 'ZerosLike', [dy]);
    const out = execute(backend, 'SelectV2', [inside, dy, zeros]);
    free(backend, clipped, inside, zeros);
    return out;
  },
);
