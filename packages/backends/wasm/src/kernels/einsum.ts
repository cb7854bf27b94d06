import * as tf from '@tensorflow/tfjs-core';
import { callKernel, free, type TensorInfo, wasmKernel } from './kernel.js';

/** Sums of products by Einstein's notation: operands are brought to one order of axes, multiplied, and summed axis by axis. */
export const einsum = wasmKernel<Record<string, TensorInfo>, { readonly equation: string }>(
  'Einsum',
  ({ inputs, attributes: { equation }, backend }) => {
    const operands = Object.values(inputs);
    const { allDims, summedDims, idDims } = tf.backend_util.decodeEinsumEquation(equation, operands.length);
    tf.backend_util.checkEinsumDimSizes(allDims.length, idDims, operands as tf.Tensor[]);
    const { path, steps } = tf.backend_util.getEinsumComputePath(summedDims, idDims);
    const made: TensorInfo[] = [];
    const call = (kernelName: string, kernelInputs: Record<string, TensorInfo>, attributes: object = {}) => {
      const result = callKernel(backend, kernelName, kernelInputs, attributes);
      made.push(result);
      return result;
    };
    let product: TensorInfo | undefined;
    let remaining = allDims.length;
    steps.forEach((terms, step) => {
      for (const term of terms) {
        const { permutationIndices, expandDims } = tf.backend_util.getEinsumPermutation(
          remaining,
          idDims[term] as number[],
        );
        const moved = call('Transpose', { x: operands[term] as TensorInfo }, { perm: permutationIndices });
        const shape = [...moved.shape];
        for (const axis of expandDims) shape.splice(axis, 0, 1);
        const factor = { ...moved, shape };
        product = product === undefined ? factor : call('Multiply', { a: factor, b: product });
      }
      if (step === steps.length - 1) return;
      const place = path[step] as number;
      if (place >= 0) {
        const axis = place - (allDims.length - remaining);
        product = call('Sum', { x: product as TensorInfo }, { axis, keepDims: false });
      }
      remaining--;
    });
    const result = product as TensorInfo;
    for (const info of made.filter((one) => one.dataId !== result.dataId)) free(backend, info);
    return result;
  },
);
