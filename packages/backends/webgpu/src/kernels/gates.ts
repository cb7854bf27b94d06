import { optionalKernels } from '@equipoise/autodiff';
import { type TensorInfo, webgpuKernel } from './kernel.js';
import { runElementwise } from './program.js';

interface GateInputs {
  readonly dy: TensorInfo;
  readonly x: TensorInfo;
}

/** `dy` where `x > 0`, else 0. */
export const reluGrad = webgpuKernel<GateInputs>(optionalKernels.reluGrad, ({ inputs: { dy, x }, backend }) =>
  runElementwise(
    backend,
    { name: optionalKernels.reluGrad, inputs: ['DY', 'X'], expression: 'select(0.0, dy, x > 0.0)' },
    [dy, x],
  ),
);

/** `dy` where `low <= x <= high`, else 0. */
export const clipGrad = webgpuKernel<GateInputs, { readonly low: number; readonly high: number }>(
  optionalKernels.clipGrad,
  ({ inputs: { dy, x }, attributes: { low, high }, backend }) =>
    runElementwise(
      backend,
      {
        name: optionalKernels.clipGrad,
        inputs: ['DY', 'X'],
        uniforms: 'low : f32, high : f32,',
        expression: 'select(0.0, dy, x >= uniforms.low && x <= uniforms.high)',
      },
      [dy, x],
      [
        { type: 'float32', data: [low] },
        { type: 'float32', data: [high] },
      ],
    ),
);
