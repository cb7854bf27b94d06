import { ADAM_STEP_KERNEL, ADAM_UPDATE_KERNEL } from '@equipoise/kit';
import type { Extension } from '../binding/types.js';
import { extendAll, extensionOf, nodeKernel, type TensorInfo } from './kernel.js';

interface AdamInputs {
  readonly gradient: TensorInfo;
  readonly firstMoment: TensorInfo;
  readonly secondMoment: TensorInfo;
  readonly weight?: TensorInfo;
}

interface AdamAttributes {
  readonly beta1: number;
  readonly beta2: number;
  readonly stepSize: number;
  readonly epsilon: number;
  readonly donates?: boolean;
}

const adamKernel = (name: string) =>
  nodeKernel<AdamInputs, AdamAttributes>(name, ({ inputs, attributes, backend }) => {
    const { gradient, firstMoment, secondMoment, weight } = inputs;
    const { beta1, beta2, stepSize, epsilon, donates = false } = attributes;
    const { shape } = gradient;
    const { adam } = extensionOf(backend) as Extension;
    const state = [firstMoment, secondMoment, ...(weight ? [weight] : [])];
    const isDonated = donates && state.every(({ dataId }) => backend.refCount(dataId) === 1);
    return extendAll(backend, [gradient, ...state], [shape, shape, shape], (...ids) =>
      adam(ids[0]!, ids[1]!, ids[2]!, ids[3] ?? -1, beta1, beta2, stepSize, epsilon, Number(isDonated)),
    );
  });

/** The rule of Adam for one weight in one pass over memory, to its update or to the new weight; only where this package's build does it. */
export const adamKernels = [adamKernel(ADAM_UPDATE_KERNEL), adamKernel(ADAM_STEP_KERNEL)];
