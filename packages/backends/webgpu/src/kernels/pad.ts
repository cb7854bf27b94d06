import * as tf from '@tensorflow/tfjs-core';
import { free, type Mending, reshaped, type TensorInfo } from './kernel.js';

interface PadAttributes {
  readonly paddings: readonly (readonly [before: number, after: number])[];
  readonly constantValue: number;
}

/** Pads tensors of more than four axes too, by one concatenation for each axis that is padded. */
export const completePad: Mending = (stock) => (call) => {
  const { attributes, backend } = call;
  const x = call.inputs['x'] as TensorInfo;
  if (x.shape.length <= 4) return stock(call);
  const { paddings, constantValue } = attributes as PadAttributes;
  const run = (kernelName: string, inputs: readonly TensorInfo[], attrs: object) =>
    tf.getKernel(kernelName, 'webgpu').kernelFunc({
      inputs: inputs as unknown as tf.NamedTensorInfoMap,
      attrs: attrs as tf.NamedAttrMap,
      backend,
    }) as TensorInfo;
  let result = reshaped(backend, x, x.shape);
  paddings.forEach(([before, after], axis) => {
    if (before + after === 0) return;
    const inner = result;
    const border = (width: number) => {
      const shape = inner.shape.map((length, index) => (index === axis ? width : length));
      return width > 0 ? [run('Fill', [], { shape, value: constantValue, dtype: x.dtype })] : [];
    };
    const parts = [...border(before), inner, ...border(after)];
    result = run('Concat', parts, { axis });
    for (const part of parts) free(backend, part);
  });
  return result;
};
