import type * as tf from '@tensorflow/tfjs-core';
import { execute, extend, extensionOf, free, nodeKernel, type TensorInfo } from './kernel.js';

interface Unary {
  readonly x: TensorInfo;
}

/** alpha·x where x < 0, else x. TensorFlow.js's kernel needs the chained methods. */
const prelu = nodeKernel<Unary & { readonly alpha: TensorInfo }>('Prelu', ({ inputs: { x, alpha }, backend }) => {
  const above = execute(backend, 'Relu', [x]);
  const below = execute(backend, 'Minimum', [x, { float: 0 }]);
  const scaled = execute(backend, 'Mul', [alpha, below]);
  const out = execute(backend, 'AddV2', [above, scaled]);
  free(backend, above, below, scaled);
  return out;
});

/** eˣ, of integers too. TensorFlow.js's kernel disposes of an integer argument. */
const exp = nodeKernel<Unary>('Exp', ({ inputs: { x }, backend }) => {
  if (x.dtype === 'float32') return execute(backend, 'Exp', [x]);
  const floats = execute(backend, 'Cast', [x], { types: { DstT: 'float32' } });
  const out = execute(backend, 'Exp', [floats]);
  free(backend, floats);
  return out;
});

/** x where x > 0, else 0. */
const relu = nodeKernel<Unary>('Relu', ({ inputs: { x }, backend }) => {
  const extension = extensionOf(backend);
  if (extension === undefined || x.dtype !== 'float32') return execute(backend, 'Relu', [x]);
  return extend(backend, [x], x.shape, (...ids) => extension.relu(ids[0]!));
});

/** The sum of two tensors; where the second is a row that is added to all rows of the first, as an offset is, in a loop of this package's build. */
const add = nodeKernel<{ readonly a: TensorInfo; readonly b: TensorInfo }>('Add', ({ inputs: { a, b }, backend }) => {
  const extension = extensionOf(backend);
  const areFloats = a.dtype === 'float32' && b.dtype === 'float32';
  const isRow = b.shape.length === 1 && a.shape.length > 1 && a.shape.at(-1) === b.shape[0];
  if (extension === undefined || !areFloats || !isRow) return execute(backend, 'AddV2', [a, b]);
  return extend(backend, [a, b], a.shape, (...ids) => extension.addRow(ids[0]!, ids[1]!));
});

/** The place of the largest or smallest value along an axis, of truth values too. */
const argument = (kernelName: 'ArgMax' | 'ArgMin') =>
  nodeKernel<Unary, { readonly axis: number }>(kernelName, ({ inputs: { x }, attributes: { axis }, backend }) => {
    const types = { types: { output_type: 'int32' } } as const;
    if (x.dtype !== 'bool') return execute(backend, kernelName, [x, axis], types);
    const integers = execute(backend, 'Cast', [x], { types: { DstT: 'int32' } });
    const out = execute(backend, kernelName, [integers, axis], types);
    free(backend, integers);
    return out;
  });

/** 1 where x > 0, `alpha` elsewhere, NaN where x is. Four operations, not TensorFlow.js's seven. */
const step = nodeKernel<Unary, { readonly alpha: number }>(
  'Step',
  ({ inputs: { x }, attributes: { alpha = 0 }, backend }) => {
    if (x.dtype !== 'float32') return stepOfIntegers(x, alpha, backend);
    const isPositive = execute(backend, 'Greater', [x, { float: 0 }]);
    const steps = execute(backend, 'SelectV2', [isPositive, { float: 1 }, { float: alpha }]);
    const isNumber = execute(backend, 'Equal', [x, x]);
    const out = execute(backend, 'SelectV2', [isNumber, steps, x]);
    free(backend, isPositive, steps, isNumber);
    return out;
  },
);

function stepOfIntegers(x: TensorInfo, alpha: number, backend: Parameters<typeof free>[0]): TensorInfo {
  const floats = execute(backend, 'Cast', [x], { types: { DstT: 'float32' } });
  const isPositive = execute(backend, 'Greater', [floats, { float: 0 }]);
  const steps = execute(backend, 'SelectV2', [isPositive, { float: 1 }, { float: alpha }]);
  const out = execute(backend, 'Cast', [steps], { types: { DstT: x.dtype } });
  free(backend, floats, isPositive, steps);
  return out;
}

/** Kernels that work number by number. */
export const elementwiseKernels: readonly tf.KernelConfig[] = [
  add,
  prelu,
  exp,
  relu,
  argument('ArgMax'),
  argument('ArgMin'),
  step,
];
