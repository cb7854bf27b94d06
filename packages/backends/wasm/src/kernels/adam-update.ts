import { ADAM_UPDATE_KERNEL } from '@equipoise/kit';
import { addressOf } from '../heap.js';
import { vectorFunctions } from '../simd/instance.js';
import { sizeOf, type TensorInfo, wasmKernel } from './kernel.js';

/** The rule of Adam for one weight in one pass over memory. */
export const adamUpdate = wasmKernel<
  { readonly gradient: TensorInfo; readonly firstMoment: TensorInfo; readonly secondMoment: TensorInfo },
  { readonly beta1: number; readonly beta2: number; readonly stepSize: number; readonly epsilon: number }
>(ADAM_UPDATE_KERNEL, ({ inputs, attributes: { beta1, beta2, stepSize, epsilon }, backend }) => {
  const { gradient, firstMoment, secondMoment } = inputs;
  const outputs = [0, 1, 2].map(() => backend.makeOutput(gradient.shape, 'float32'));
  const addresses = [gradient, firstMoment, secondMoment, ...outputs].map((info) => addressOf(backend, info));
  const { adam } = vectorFunctions(backend);
  const [g, first, second, update, newFirst, newSecond] = addresses as [number, number, number, number, number, number];
  adam(
    g,
    first,
    second,
    update,
    newFirst,
    newSecond,
    sizeOf(gradient),
    beta1,
    1 - beta1,
    beta2,
    1 - beta2,
    -stepSize,
    epsilon,
  );
  return outputs;
});
