import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type GradientTransform, type StateTree, tidyResult } from './transform.js';

/** The state of a chain: the state of each transform, in order. */
export type ChainState = readonly StateTree[];

/**
 * Applies transforms one after the other: each gets the updates of the one before it as its gradients.
 *
 * @param transforms in order; none at all is the identity
 */
export function chain(
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a state goes only to the transform that made it
  ...transforms: readonly GradientTransform<any>[]
): GradientTransform<ChainState> {
  const last = transforms.at(-1);
  const run = (part: typeof transforms, ...[gradients, states, params, learningRate]: UpdateParameters) => {
    let updates: readonly Tensor[] = gradients;
    const state = part.map((transform, index) => {
      const result = transform.update(updates, states[index], params, learningRate);
      updates = result.updates;
      return result.state as StateTree;
    });
    return { updates, state };
  };
  return {
    init: (params) => transforms.map((transform) => transform.init(params) as StateTree),
    update: (...given) =>
      tidyResult(() => {
        const { updates, state } = run(transforms, ...given);
        return { updates: transforms.length === 0 ? updates.map((one) => tf.clone(one)) : [...updates], state };
      }),
    ...(last?.advance && {
      advance: (gradients, states, params, learningRate, donates) =>
        tidyResult(() => {
          const before = run(transforms.slice(0, -1), gradients, states, params, learningRate);
          const end = last.advance!(before.updates, states.at(-1), params, learningRate, donates);
          return { params: end.params, state: [...before.state, end.state as StateTree] };
        }),
    }),
  };
}

type UpdateParameters = Parameters<GradientTransform<ChainState>['update']>;
