import { proxNorm, proxTotalVariation } from '@equipoise/kit';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { PlbSettings } from './options.js';

/** The proximal operator of the norm that is made small, on differences from the input. */
export function proxOf({ norm, mu, proxIterations }: PlbSettings): (delta: Tensor) => Tensor {
  if (norm === 'total-variation') return (delta) => proxTotalVariation(delta, mu, { iterations: proxIterations });
  return (delta) => proxNorm(delta, norm, mu);
}
