import { ADAM_UPDATE_KERNEL } from '@equipoise/kit';
import type { Extension } from '../binding/types.js';
import { extendAll, extensionOf, nodeKernel, type TensorInfo } from './kernel.js';

/** The rule of Adam for one weight in one pass over memory; only where this package's build does it. */
export const adamUpdate = nodeKernel<
  { readonly gradient: TensorInfo; readonly firstMoment: TensorInfo; readonly secondMoment: TensorInfo },
  { readonly beta1: number; readonly beta2: number; readonly stepSize: number; readonly epsilon: number }
>(ADAM_UPDATE_KERNEL, ({ inputs, attributes: { beta1, beta2, stepSize, epsilon }, backend }) => {
  const { gradient, firstMoment, secondMoment } = inputs;
  const { shape } = gradient;
  const { adam } = extensionOf(backend) as Extension;
  return extendAll(backend, [gradient, firstMoment, secondMoment], [shape, shape, shape], (...ids) =>
    adam(ids[0]!, ids[1]!, ids[2]!, beta1, beta2, stepSize, epsilon),
  );
});
