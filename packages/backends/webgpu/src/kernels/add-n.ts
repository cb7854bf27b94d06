import { free, type Mending, type TensorInfo } from './kernel.js';

/** Adds many tensors up in groups: a program reads only as many tensors as the GPU binds at once. */
export const completeAddN: Mending = (stock) => (call) => {
  const { inputs, backend } = call;
  const groupSize = backend.device.limits.maxStorageBuffersPerShaderStage - 1;
  const add = (tensors: readonly TensorInfo[]) => stock({ ...call, inputs: tensors as never });
  const [first, ...others] = inputs as unknown as readonly TensorInfo[];
  let sum = add([first as TensorInfo, ...others.splice(0, groupSize - 1)]);
  while (others.length > 0) {
    const part = sum;
    sum = add([part, ...others.splice(0, groupSize - 1)]);
    free(backend, part);
  }
  return sum;
};
